/// A message in Protocol Buffers' encoding, field after field.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// How a field's value is laid out.
  private enum Wire: UInt64 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
  }

  mutating func add(_ field: UInt64, integer value: Int64) {
    begin(field, .varint)
    add(varint: UInt64(bitPattern: value))
  }

  mutating func add(_ field: UInt64, double value: Double) {
    begin(field, .fixed64)
    bytes += Self.littleEndian(value.bitPattern)
  }

  mutating func add(_ field: UInt64, float value: Float) {
    begin(field, .fixed32)
    bytes += Self.littleEndian(value.bitPattern)
  }

  mutating func add(_ field: UInt64, text: String) { add(field, delimited: Array(text.utf8)) }

  mutating func add(_ field: UInt64, message: ProtobufMessage) { add(field, delimited: message.bytes) }

  static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private mutating func add(_ field: UInt64, delimited content: [UInt8]) {
    begin(field, .delimited)
    add(varint: UInt64(content.count))
    bytes += content
  }

  private mutating func begin(_ field: UInt64, _ wire: Wire) { add(varint: field << 3 | wire.rawValue) }

  /// Seven bits a byte, the lowest first; the eighth says that there are more.
  private mutating func add(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
