// Protocol Buffers: the encoding of the two kinds of field that XLA's options consist of.

extension [UInt8] {
  /// A protocol-buffer field of wire type 0.
  package mutating func append(field number: UInt64, varint value: UInt64) {
    append(varint: number << 3)
    append(varint: value)
  }

  /// A protocol-buffer field of wire type 5: a number in single precision.
  package mutating func append(field number: UInt64, float: Float) {
    append(varint: number << 3 | 5)
    self += Swift.withUnsafeBytes(of: float.bitPattern.littleEndian, Array.init)
  }

  /// A protocol-buffer field of wire type 2: a length and that many bytes.
  package mutating func append(field number: UInt64, bytes: [UInt8]) {
    append(varint: number << 3 | 2)
    append(varint: UInt64(bytes.count))
    self += bytes
  }

  /// Seven bits to a byte, the lowest first; the high bit says that more follow.
  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}
