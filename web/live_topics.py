"""Every live thing: who may watch it, how it is read, and which events change it."""

from web.live import Topic

TOPICS: tuple[Topic, ...] = ()
