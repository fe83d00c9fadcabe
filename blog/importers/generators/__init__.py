"""Static site generators: where each keeps posts, how it names them, and which URLs it gave them."""
