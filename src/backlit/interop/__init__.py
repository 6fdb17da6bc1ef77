"""Where backlit meets other libraries; each module needs the one it is for."""
