/// An entry of an event file, with the few fields of TensorFlow's `Event` that scalars need.
struct TensorBoardEvent {
  enum Content {
    /// The first entry of a file.
    case version
    /// What earlier files of the folder have for this step or later ones doesn't count any more.
    case start
    case scalars([(tag: String, value: Double)])
  }

  /// Seconds since 1970.
  var time: Double
  var step: Int
  var content: Content

  /// The `Event` message. Fields that are zero are left out, as the format has it.
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
