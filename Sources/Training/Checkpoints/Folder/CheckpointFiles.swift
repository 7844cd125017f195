/// The names of a checkpoint's two files. The higher the number, the newer the checkpoint.
struct CheckpointFiles: Hashable {
  let number: Int

  /// Numbers of more digits aren't ours.
  static let numberLimit = 999_999_999_999_999

  var sidecar: String { "\(stem).json" }
  var tensors: String { "\(stem).safetensors" }

  private var stem: String {
    let digits = String(number)
    return "checkpoint-" + String(repeating: "0", count: Swift.max(0, 8 - digits.count)) + digits
  }

  /// While the file is being written.
  static func partial(_ name: String) -> String { ".\(name).partial" }

  init(number: Int) { self.number = number }

  /// - Parameter name: of any file in the folder; nil if it isn't one of a checkpoint, whole or partial.
  init?(name: String) {
    let digits = name.drop { !$0.isNumber }.prefix { $0.isNumber }
    guard let number = Int(digits), number <= Self.numberLimit else { return nil }
    self.init(number: number)
    guard (names + names.map(Self.partial)).contains(name) else { return nil }
  }

  var names: [String] { [sidecar, tensors] }
}
