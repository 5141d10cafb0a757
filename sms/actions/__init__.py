"""Everything that changes a message before and after a provider has it: plain functions over a Session."""
