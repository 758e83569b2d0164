"""The pages of docs/spc, as data and as the script that writes them."""
