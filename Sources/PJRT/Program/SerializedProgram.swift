/// A compiled program as bytes: a header of a few lines, the plugin's own bytes, and a digest.
///
/// A plugin may end the process on bytes that it didn't write itself, so none reach it whose digest or
/// fingerprint is wrong.
struct SerializedProgram {
  var fingerprint: String
  /// The name under which the program is stored, so that a misplaced file is recognized; empty for none.
  var key: String
  var options: CompileOptions
  var signature: ProgramSignature
  var payload: [UInt8]

  private static let magic = "tanren program 2"

  /// The lines `magic`, fingerprint, key, options, parameters, payload length and an empty one; the payload;
  /// 32 bytes SHA-256 of all that.
  var bytes: [UInt8] {
    let parameters = signature.parameters.map { type in
      ([type.dtype.rawValue] + type.shape.map(String.init)).joined(separator: " ")
    }
    let switches = "\(options.replicas) \(options.partitions) \(options.usesSPMD) \(options.usesShardy)"
    let lines = [Self.magic, fingerprint, key, switches, parameters.joined(separator: ","), "\(payload.count)", "", ""]
    var bytes = [UInt8](lines.joined(separator: "\n").utf8)
    bytes.reserveCapacity(bytes.count + payload.count + 32)
    bytes += payload
    var hash = SHA256()
    hash.update(bytes)
    return bytes + hash.digest()
  }

  init(
    fingerprint: String, key: String, options: CompileOptions, signature: ProgramSignature, payload: [UInt8]
  ) {
    self.fingerprint = fingerprint
    self.key = key
    self.options = options
    self.signature = signature
    self.payload = payload
  }

  /// - Throws: ``EngineError/corruptProgram(_:)``.
  init(_ bytes: [UInt8]) throws(EngineError) {
    guard bytes.starts(with: Self.magic.utf8) else { throw .corruptProgram("they begin differently") }
    var hash = SHA256()
    hash.update([UInt8](bytes.dropLast(32)))
    guard hash.digest().elementsEqual(bytes.suffix(32)) else { throw .corruptProgram("the checksum is wrong") }
    let fields = bytes.dropLast(32).split(separator: 10, maxSplits: 7, omittingEmptySubsequences: false)
    let lines = fields.prefix(7).map { String(decoding: $0, as: UTF8.self) }
    guard fields.count == 8, lines[6].isEmpty, Int(lines[5]) == fields[7].count,
      let options = CompileOptions(line: lines[3]), let parameters = Self.parameters(line: lines[4])
    else { throw .corruptProgram("the header is damaged") }
    self.init(
      fingerprint: lines[1], key: lines[2], options: options, signature: ProgramSignature(parameters: parameters),
      payload: [UInt8](fields[7]))
  }

  private static func parameters(line: String) -> [BufferType]? {
    var parameters: [BufferType] = []
    for text in line.split(separator: ",") {
      let words = text.split(separator: " ")
      let shape = words.dropFirst().compactMap { Int($0) }
      guard let dtype = words.first.flatMap({ DType(rawValue: String($0)) }), shape.count == words.count - 1 else {
        return nil
      }
      parameters.append(BufferType(dtype: dtype, shape: shape))
    }
    return parameters
  }
}

extension CompileOptions {
  fileprivate init?(line: String) {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 4, let replicas = Int(words[0]), let partitions = Int(words[1]),
      let usesSPMD = Bool(words[2]), let usesShardy = Bool(words[3])
    else { return nil }
    self.init(replicas: replicas, partitions: partitions, usesSPMD: usesSPMD, usesShardy: usesShardy)
  }
}
