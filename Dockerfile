# The product in one image: server, worker, call layer and command line.  Build: docker build -t hotline .
FROM node:24-slim AS page
WORKDIR /hotline/web/ui
COPY web/ui/.npmrc web/ui/package.json web/ui/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web/ui ./
RUN npm run build

FROM python:3.13-slim AS packages
WORKDIR /hotline
RUN python -m venv .venv
COPY deploy/setup/uv.lock requirements.lock ./
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r uv.lock \
    && .venv/bin/uv pip sync --no-cache --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock
COPY . .
RUN .venv/bin/uv pip install --no-cache --no-deps --python .venv/bin/python --editable .

# Asterisk with our configuration; Debian keeps Asterisk in sid alone
FROM debian:sid-slim AS asterisk
RUN apt-get update \
    && apt-get install -y --no-install-recommends asterisk asterisk-modules asterisk-config ca-certificates \
    && rm -rf /var/lib/apt/lists/*
EXPOSE 5060/udp 5038 8088
ENTRYPOINT ["asterisk", "-f", "-C", "/etc/asterisk/asterisk.conf"]

FROM python:3.13-slim AS app
RUN useradd --system --uid 12345 --home-dir /hotline --shell /usr/sbin/nologin hotline
WORKDIR /hotline
COPY --from=packages /hotline /hotline
COPY --from=page /hotline/web/ui/dist /hotline/web/ui/dist
RUN mkdir -p var && chown hotline var
USER hotline
ENV PATH=/hotline/.venv/bin:$PATH PYTHONUNBUFFERED=1
VOLUME /hotline/var
EXPOSE 8345
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8345/healthz', timeout=2)"]
ENTRYPOINT ["hotline"]
CMD ["serve"]
