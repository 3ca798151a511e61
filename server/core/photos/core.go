package photos

// spoolBuffer is how many bytes of an upload are read at once.
const spoolBuffer = 128 << 10
