"""The classroom in a browser: pages made of views, on NiceGUI. The only room that knows NiceGUI."""
