"""What citizens send in themselves: the web form, and photos by the material code that an agent sent them."""
