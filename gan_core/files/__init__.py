"""Reading what people bring, one file a format, and writing whole. Each reader refuses in one sentence what it cannot
read, before it is unpacked or decoded; none executes a pickle or writes a file. No torch."""
