"""One image's way from tensor to file, each wrong way beside the right one."""
