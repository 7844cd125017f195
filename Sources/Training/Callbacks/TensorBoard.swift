import Files
import Foundation

/// Scalars for TensorBoard, one entry per epoch: `train/loss`, `validation/loss`, `time/training_seconds`, ….
///
/// Each log is a separate file in the folder (TFRecord framing, `Event` messages, numbers in single precision). A
/// training that continues after a break may write to the same folder: TensorBoard drops the interrupted training's
/// entries for epochs that are repeated.
public final class TensorBoardLog: Callback {
  private let file: TensorBoardFile
  private let now: () -> Double
  private var hasBegun = false

  /// - Throws: ``TrainingError/output(_:)`` if the file cannot be created; its folder is created if needed.
  public convenience init(folder: String) throws(TrainingError) {
    try self.init(folder: folder) { Date().timeIntervalSince1970 }
  }

  init(folder: String, now: @escaping () -> Double) throws(TrainingError) {
    self.now = now
    file = try TensorBoardFile(folder: folder, time: now())
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    try write(record)
    return .continue
  }

  func write(_ record: EpochRecord) throws(TrainingError) {
    if !hasBegun { try file.write(TensorBoardEvent(time: now(), step: record.epoch, content: .start)) }
    hasBegun = true
    var scalars = record.metrics.map { (tag: Self.tag($0.key), value: $0.value) }
    scalars.append(("time/training_seconds", record.trainingSeconds))
    scalars.append(("time/evaluation_seconds", record.evaluationSeconds))
    try file.write(TensorBoardEvent(time: now(), step: record.epoch, content: .scalars(scalars)))
  }

  private static func tag(_ name: String) -> String {
    name.hasPrefix("val_") ? "validation/\(name.dropFirst(4))" : "train/\(name)"
  }
}

/// An event file that grows; an entry is written when the call returns.
private final class TensorBoardFile {
  private static let prefix = "events.out.tfevents."
  private let path: String
  private let handle: FileHandle

  /// - Throws: ``TrainingError/output(_:)`` if the file or its folder cannot be created.
  init(folder: String, time: Double) throws(TrainingError) {
    let url = URL(fileURLWithPath: folder, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      // TensorBoard reads the files of a folder in the order of their names: this one must be the last.
      let earlier =
        try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasPrefix(Self.prefix) }
        .compactMap { Int($0.dropFirst(Self.prefix.count).prefix { $0.isNumber }) }.max() ?? 0
      let digits = String(Swift.max(Int(time), Swift.min(earlier, 9_999_999_998) + 1))
      let number = String(repeating: "0", count: Swift.max(0, 10 - digits.count)) + digits
      let file = url.appendingPathComponent("\(Self.prefix)\(number).tanren")
      path = file.path
      try Data().write(to: file, options: .withoutOverwriting)
      handle = try FileHandle(forWritingTo: file)
    } catch {
      throw .output(FileFailure(.write, path: folder, error))
    }
    try write(TensorBoardEvent(time: time, step: 0, content: .version))
  }

  func write(_ event: TensorBoardEvent) throws(TrainingError) {
    do {
      try handle.write(contentsOf: Data(event.record))
    } catch {
      throw .output(FileFailure(.write, path: path, error))
    }
  }

  deinit { try? handle.close() }
}

/// An entry of an event file, with the fields of TensorFlow's `Event` that scalars need.
struct TensorBoardEvent {
  enum Content {
    /// The first entry of a file.
    case version
    /// Invalidates what earlier files of the folder have for this step and later ones.
    case start
    case scalars([(tag: String, value: Double)])
  }

  /// Seconds since 1970.
  var time: Double
  var step: Int
  var content: Content

  /// The `Event` message. Fields that are zero are left out, as the format prescribes.
  var message: ProtobufMessage {
    var event = ProtobufMessage()
    event.add(1, double: time)
    if step != 0 { event.add(2, integer: Int64(step)) }
    switch content {
    case .version: event.add(3, text: "brain.Event:2")
    case .start:
      var session = ProtobufMessage()
      session.add(1, integer: 1)
      event.add(7, message: session)
    case .scalars(let scalars):
      var summary = ProtobufMessage()
      for (tag, value) in scalars {
        var entry = ProtobufMessage()
        entry.add(1, text: tag)
        entry.add(2, float: Float(value))
        summary.add(1, message: entry)
      }
      event.add(5, message: summary)
    }
    return event
  }

  /// The message as a TFRecord: length, its checksum, contents, their checksum.
  var record: [UInt8] {
    let content = message.bytes
    let length = ProtobufMessage.littleEndian(UInt64(content.count))
    return length + ProtobufMessage.littleEndian(CRC32C.masked(length))
      + content + ProtobufMessage.littleEndian(CRC32C.masked(content))
  }
}

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

  /// Seven bits per byte, the lowest first; the eighth bit says that more follow.
  private mutating func add(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}

/// The cyclic redundancy check with Castagnoli's polynomial (RFC 3720, appendix B.4).
enum CRC32C {
  /// The checksum of each byte; the polynomial's bits are reversed.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
  }

  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }

  /// The form used in TFRecord files, because checksums of bytes that contain checksums are weak.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let checksum = checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
  }
}
