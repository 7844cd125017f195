import Serve

/// The door of what the live view's server reads: heads of requests, one after the other.
enum RequestDoor {
  struct Refused: Error {}

  static func read(_ bytes: [UInt8]) throws {
    let whole = outcomes(bytes, size: max(1, bytes.count))
    guard whole == outcomes(bytes, size: 3) else { throw Fault("what comes in parts is read in another way") }
    guard case .head = whole.first else { throw Refused() }
  }

  /// What is read of bytes that come so many at a time.
  private static func outcomes(_ bytes: [UInt8], size: Int) -> [RequestReader.Outcome] {
    var (reader, outcomes) = (RequestReader(), [RequestReader.Outcome]())
    for start in stride(from: 0, to: bytes.count, by: size) {
      var part = bytes[start..<min(bytes.count, start + size)]
      while !part.isEmpty {
        switch reader.read(&part) {
        case .incomplete: break
        case .head(let head):
          _ = head.request.parts
          outcomes.append(.head(head))
        case .refused(let status): return outcomes + [.refused(status: status)]
        }
      }
    }
    return outcomes
  }
}
