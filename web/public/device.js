// The device at a window: asks, takes one word of a citizen, and keeps it until the server has it.
(() => {
  'use strict';

  const POLL_MS = 2000;
  const THANKS_MS = 15000;
  /** whoever walks away from the reasons has still said how it was */
  const WHY_MS = 60000;
  const QUEUE = 'hotline.device.queue';
  const ANSWERED = 'hotline.device.answered';
  /** of how many matters we remember that they were answered here */
  const REMEMBERED = 200;
  const BAD_MOST = 2;
  const FACES = { 5: '😄', 4: '🙂', 3: '😐', 2: '🙁', 1: '😠' };
  const SECTIONS = ['sign-in', 'idle', 'ask', 'why', 'thanks'];
  /** answers that another try may change; every other refusal is the last word about an entry */
  const TRY_AGAIN = new Set([401, 403, 408, 429]);

  const at = (id) => document.getElementById(id);
  let state = null;
  let shown = '';
  let matter = null;
  let level = 0;
  let timer = 0;
  let isSending = false;

  const kept = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name) ?? '[]');
    } catch {
      return [];
    }
  };
  const keep = (name, rows) => localStorage.setItem(name, JSON.stringify(rows));

  async function call(method, path, body) {
    const how = { method, headers: { 'Content-Type': 'application/json' }, credentials: 'same-origin' };
    if (body) how.body = JSON.stringify(body);
    const answer = await fetch(`/api/device/${path}`, how);
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }

  function show(section) {
    if (shown === section) return;
    shown = section;
    for (const id of SECTIONS) at(id).hidden = id !== section;
    const focused = { ask: 'question', why: 'why-title', thanks: 'thanks-title', 'sign-in': 'key' }[section];
    if (focused) at(focused).focus();
  }

  function tell() {
    const waiting = kept(QUEUE).length;
    at('line').textContent = waiting ? `网络未连接，${waiting} 条评价待发送` : '';
  }

  function button(words, press, face) {
    const made = document.createElement('button');
    made.type = 'button';
    if (face) {
      const drawn = document.createElement('span');
      drawn.className = 'face';
      drawn.setAttribute('aria-hidden', 'true');
      drawn.textContent = face;
      made.append(drawn);
    }
    made.append(words);
    made.addEventListener('click', () => press(made));
    return made;
  }

  function draw() {
    at('window').textContent = `${state.window.number} 号窗口　${state.window.name}`;
    if (!at('levels').childElementCount) {
      at('levels').append(...state.levels.map(({ value, name }) => button(name, () => choose(Number(value)), FACES[value])));
    }
  }

  function ask(wanted) {
    matter = wanted;
    at('matter').textContent = `${matter.item_name}（办件编号尾号 ${matter.number_tail}）`;
    show('ask');
    void call('POST', 'shown', { matter_id: matter.id }).catch(() => {});
  }

  function choose(chosen) {
    level = chosen;
    if (level > BAD_MOST) {
      take([]);
      return;
    }
    const toggle = (made) => made.setAttribute('aria-pressed', String(made.getAttribute('aria-pressed') !== 'true'));
    at('reasons').replaceChildren(
      ...state.reasons.map(({ value, name }) => {
        const made = button(name, toggle);
        made.dataset.reason = value;
        made.setAttribute('aria-pressed', 'false');
        return made;
      }),
    );
    show('why');
    clearTimeout(timer);
    timer = setTimeout(() => take(reasons()), WHY_MS);
  }

  function reasons() {
    return [...at('reasons').querySelectorAll('[aria-pressed="true"]')].map((made) => made.dataset.reason);
  }

  /** crypto.randomUUID is there on https and localhost only; a hall's own network may have neither. */
  function newEntry() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  function take(named) {
    const entry = { matter_id: matter.id, entry: newEntry(), level, reasons: named };
    keep(QUEUE, [...kept(QUEUE), entry]);
    keep(ANSWERED, [...kept(ANSWERED), matter.id].slice(-REMEMBERED));
    at('receipt').textContent = '';
    at('receipt-line').hidden = true;
    at('receipt-hint').textContent = '已记下，联网后自动提交。';
    show('thanks');
    clearTimeout(timer);
    timer = setTimeout(rest, THANKS_MS);
    void flush(entry.entry);
  }

  function rest() {
    clearTimeout(timer);
    matter = null;
    level = 0;
    at('receipt').textContent = '';
    show('idle');
    void look();
  }

  function thank(receipt) {
    at('receipt').textContent = receipt;
    at('receipt-line').hidden = false;
    at('receipt-hint').textContent = '请记下或拍下回执码，第二天起可在热线网站核验评价有没有被改动。';
  }

  /** Send what waits, the oldest first; each has an entry of its own, so that sending again counts once. */
  async function flush(present) {
    if (isSending) return;
    isSending = true;
    try {
      for (const entry of kept(QUEUE)) {
        const { status, body } = await call('POST', 'ratings', entry);
        if (status >= 500 || TRY_AGAIN.has(status)) break;
        keep(QUEUE, kept(QUEUE).filter((other) => other.entry !== entry.entry));
        if (entry.entry === present && shown === 'thanks') {
          if (status === 200) thank(body.receipt);
          else at('receipt-hint').textContent = body.detail;
        }
      }
    } catch {
      // no network: it stays in the queue
    } finally {
      isSending = false;
      tell();
    }
  }

  async function look() {
    try {
      const { status, body } = await call('GET', 'state');
      if (status === 401) show('sign-in');
      if (status !== 200) return;
      state = body;
      draw();
      if (shown === 'sign-in' || shown === '') show('idle');
      const wanted = body.matter && !kept(ANSWERED).includes(body.matter.id) ? body.matter : null;
      if ((shown === 'idle' || shown === 'ask') && wanted && wanted.id !== matter?.id) ask(wanted);
      else if (shown === 'ask' && !wanted) rest();
    } catch {
      if (!kept(QUEUE).length) at('line').textContent = '网络未连接';
      return;
    }
    if (kept(QUEUE).length) await flush('');
    else tell();
  }

  at('back').addEventListener('click', () => {
    clearTimeout(timer);
    show('ask');
  });
  at('send').addEventListener('click', () => take(reasons()));
  at('done').addEventListener('click', rest);
  at('key-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const { status, body } = await call('POST', 'sign-in', { key: at('key').value.trim() });
      at('key-fault').textContent = status === 200 ? '' : body.detail;
      if (status === 200) await look();
    } catch {
      at('key-fault').textContent = '网络未连接';
    }
  });
  document.addEventListener('keydown', ({ key }) => {
    if (shown === 'ask' && FACES[key]) choose(Number(key));
  });
  addEventListener('online', () => void look());
  setInterval(() => void look(), POLL_MS);
  void look();
})();
