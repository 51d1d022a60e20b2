"""What an editor waits for: our language server and yaml-language-server, driven by one client in one run."""
