import OrderedCollections
import PJRT

/// The file beside a checkpoint's tensors: JSON that people can read, with a digest of the tensor file and one of
/// itself.
struct Sidecar {
  static let format = "tanren checkpoint"
  static let version = 1

  let tensorFile: String
  let tensorDigest: String
  let tensorByteCount: Int
  /// Without tensors if it was read from a file.
  private var checkpoint: Checkpoint

  init(tensorFile: String, tensorDigest: String, tensorByteCount: Int, checkpoint: Checkpoint) {
    (self.tensorFile, self.tensorDigest, self.tensorByteCount) = (tensorFile, tensorDigest, tensorByteCount)
    self.checkpoint = checkpoint
  }

  func checkpoint(holding tensors: OrderedDictionary<String, HostArray>) -> Checkpoint {
    var checkpoint = checkpoint
    checkpoint.distribute(tensors)
    return checkpoint
  }

  // MARK: - Writing

  func text() -> String {
    let plan: JSONValue =
      checkpoint.plan.map {
        .object([
          "epochs": .integer($0.epochs), "stepsPerEpoch": .integer($0.stepsPerEpoch),
          "batchSize": .integer($0.batchSize), "order": .string($0.order),
        ])
      } ?? .null
    let members: OrderedDictionary<String, JSONValue> = [
      "format": .string(Self.format), "version": .integer(Self.version), "digest": .string(Self.blank),
      "tensorFile": .string(tensorFile), "tensorDigest": .string(tensorDigest),
      "tensorByteCount": .integer(tensorByteCount),
      "epoch": .integer(checkpoint.epoch), "step": .integer(checkpoint.step),
      "key": .array(checkpoint.key.map { .string("\($0)") }), "plan": plan,
      "configuration": .string(checkpoint.configuration),
      "stopReason": checkpoint.history.stopReason.map { .string($0) } ?? .null,
      "callbacks": .object(checkpoint.callbacks.mapValues { .object($0.numbers.mapValues { .real($0) }) }),
      "tensors": .object(checkpoint.allTensors.mapValues { .string("\($0.dtype)\($0.shape)") }),
      "history": .array(checkpoint.history.epochs.map(Self.object)),
    ]
    let text = JSONValue.object(members).text(expanding: 2) + "\n"
    return text.replacing(
      Self.digestMember(Self.blank), with: Self.digestMember(SHA256.hex(of: text.utf8)), maxReplacements: 1)
  }

  private static func object(_ record: EpochRecord) -> JSONValue {
    .object([
      "epoch": .integer(record.epoch), "step": .integer(record.step),
      "trainingSeconds": .real(record.trainingSeconds), "evaluationSeconds": .real(record.evaluationSeconds),
      "metrics": .object(record.metrics.mapValues { .real($0) }),
    ])
  }

  // MARK: - Reading

  /// - Throws: ``CheckpointError`` for anything that ``text()`` wouldn't have written.
  init(reading bytes: [UInt8], path: String) throws(CheckpointError) {
    do throws(SidecarProblem) {
      let fields = try SidecarFields(reading: bytes)
      guard try fields.text("format") == Self.format else { throw .malformed("its format is another one") }
      let version = try fields.natural("version")
      guard version <= Self.version else { throw .newer(version) }
      try Self.checkDigest(try fields.text("digest"), of: bytes)
      tensorFile = try fields.text("tensorFile")
      tensorDigest = try fields.text("tensorDigest")
      tensorByteCount = try fields.natural("tensorByteCount")
      checkpoint = try Self.checkpoint(fields)
    } catch {
      switch error {
      case .malformed(let reason): throw .malformed(path: path, reason: reason)
      case .newer(let version): throw .newerFormat(path: path, version: version, supported: Self.version)
      case .changed(let expected, let actual): throw .damaged(path: path, expected: expected, actual: actual)
      }
    }
  }

  private static func checkpoint(_ fields: SidecarFields) throws(SidecarProblem) -> Checkpoint {
    var history = History(stopReason: try fields.optionalText("stopReason"))
    for record in try fields.list("history") {
      history.epochs.append(
        EpochRecord(
          epoch: try record.natural("epoch"), step: try record.natural("step"),
          metrics: try record.object("metrics").reals(), trainingSeconds: try record.real("trainingSeconds"),
          evaluationSeconds: try record.real("evaluationSeconds")))
    }
    let key = try fields.texts("key").compactMap { UInt64($0) }
    guard key.count == 2 else { throw .malformed("'key' isn't two numbers") }
    var plan: Checkpoint.Plan?
    if let saved = try fields.optionalObject("plan") {
      plan = Checkpoint.Plan(
        epochs: try saved.natural("epochs"), stepsPerEpoch: try saved.natural("stepsPerEpoch"),
        batchSize: try saved.natural("batchSize"), order: try saved.text("order"))
    }
    var callbacks: OrderedDictionary<String, CallbackMemory> = [:]
    let memories = try fields.object("callbacks")
    for name in memories.names { callbacks[name] = CallbackMemory(numbers: try memories.object(name).reals()) }
    return Checkpoint(
      tensors: [:], epoch: try fields.natural("epoch"), step: try fields.natural("step"), key: key, plan: plan,
      configuration: try fields.text("configuration"), history: history, callbacks: callbacks)
  }

  // MARK: - Digest

  /// The digest of the sidecar's text with zeros in the digest's place.
  private static let blank = String(repeating: "0", count: 64)
  private static func digestMember(_ digest: String) -> String { "\"digest\": \"\(digest)\"" }

  private static func checkDigest(_ digest: String, of bytes: [UInt8]) throws(SidecarProblem) {
    let text = String(decoding: bytes, as: UTF8.self)
    let blanked = text.replacing(digestMember(digest), with: digestMember(blank), maxReplacements: 1)
    let actual = SHA256.hex(of: blanked.utf8)
    guard digest == actual else { throw .changed(expected: digest, actual: actual) }
  }
}

/// A JSON object of a sidecar: its members by name and kind, or an error that names the wrong one.
private struct SidecarFields {
  private let members: OrderedDictionary<String, JSONValue>

  init(reading bytes: [UInt8]) throws(SidecarProblem) {
    do throws(JSONProblem) {
      self.init(try JSONReader.value(of: bytes).object ?? [:])
    } catch {
      switch error {
      case .notUTF8: throw .malformed("it isn't UTF-8 text")
      case .duplicateName(let name): throw .malformed("it has '\(name)' twice")
      case .malformed(let offset, let reason): throw .malformed("\(reason) at byte \(offset)")
      }
    }
  }

  private init(_ members: OrderedDictionary<String, JSONValue>) { self.members = members }

  var names: [String] { Array(members.keys) }

  func natural(_ name: String) throws(SidecarProblem) -> Int {
    guard let value = members[name]?.integer, value >= 0 else { throw wrong(name, "a whole number") }
    return value
  }

  func real(_ name: String) throws(SidecarProblem) -> Double {
    guard let value = members[name]?.real else { throw wrong(name, "a number") }
    return value
  }

  func text(_ name: String) throws(SidecarProblem) -> String {
    guard let value = members[name]?.string else { throw wrong(name, "a string") }
    return value
  }

  func optionalText(_ name: String) throws(SidecarProblem) -> String? {
    members[name] == .null ? nil : try text(name)
  }

  func texts(_ name: String) throws(SidecarProblem) -> [String] {
    guard let values = members[name]?.array else { throw wrong(name, "a list") }
    return values.compactMap(\.string)
  }

  func object(_ name: String) throws(SidecarProblem) -> SidecarFields {
    guard let value = members[name]?.object else { throw wrong(name, "an object") }
    return SidecarFields(value)
  }

  func optionalObject(_ name: String) throws(SidecarProblem) -> SidecarFields? {
    members[name] == .null ? nil : try object(name)
  }

  func list(_ name: String) throws(SidecarProblem) -> [SidecarFields] {
    let objects = members[name]?.array?.map(\.object)
    guard let objects, !objects.contains(nil) else { throw wrong(name, "a list of objects") }
    return objects.compactMap { $0.map(SidecarFields.init) }
  }

  /// All members as numbers.
  func reals() throws(SidecarProblem) -> OrderedDictionary<String, Double> {
    var numbers: OrderedDictionary<String, Double> = [:]
    for name in members.keys { numbers[name] = try real(name) }
    return numbers
  }

  private func wrong(_ name: String, _ kind: String) -> SidecarProblem { .malformed("'\(name)' isn't \(kind)") }
}

/// What can be wrong with a sidecar's contents, whatever its path.
private enum SidecarProblem: Error, Equatable {
  case malformed(String)
  case newer(Int)
  case changed(expected: String, actual: String)
}
