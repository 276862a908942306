"""How a database came to its present shape, step by step. A step that has been released is never edited."""
