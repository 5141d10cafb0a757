"""Photos of drafts and tickets: judged by their content, made anew in the child process, kept by content hash."""
