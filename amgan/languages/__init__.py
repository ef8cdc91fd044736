"""Everything that people read, a file a language: en.json says which words there are."""
