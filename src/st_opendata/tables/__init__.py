"""Tables: from files of any make to cells, as CSV on the Web describes them."""
