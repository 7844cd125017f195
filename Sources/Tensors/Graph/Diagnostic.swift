/// Why an operation can't be: what it was given and where, for a person to mend.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
  /// The operation's name, `matmul` say.
  public let operation: String
  /// What is wrong and how to mend it.
  public let message: String
  /// The types of the operation's inputs.
  public let inputs: [TensorType]
  /// The path of the layer that was being traced, `encoder/dense1` say; empty outside of layers.
  public let path: String
  /// The caller's `#fileID`; nil for operators, which take nothing but their operands and so can't know it.
  public let file: String?
  /// The caller's `#line`, where there is a file.
  public let line: Int

  public init(
    operation: String, message: String, inputs: [TensorType] = [], path: String = TraceContext.path,
    file: String? = #fileID, line: Int = #line
  ) {
    self.operation = operation
    self.message = message
    self.inputs = inputs
    self.path = path
    self.file = file
    self.line = line
  }

  public var description: String {
    let types = inputs.map { "\($0.dtype)\($0.shape)" }.joined(separator: ", ")
    return "\(operation)(\(types)): \(message)" + (path.isEmpty ? "" : ", in layer \(path)")
      + (location.map { " (\($0))" } ?? "")
  }

  /// Where the operation was called, `Model/Block.swift:12` say; nil for operators, and within Tanren's own layers and
  /// methods, of which path and operation say more than a line of ours.
  public var location: String? {
    guard let file, !Self.rooms.contains(where: { file.hasPrefix($0 + "/") }) else { return nil }
    return "\(file):\(line)"
  }

  /// The modules whose lines aren't the user's.
  static let rooms: Set = [
    "Augmentations", "Checkpoints", "Command", "Configuration", "Datasets", "Layers", "Optimizers", "PJRT",
    "Reservoirs", "Schedules", "Serve", "Studies", "Tanren", "Tensors", "Training",
  ]
}

/// Why a primitive's shape rule refuses its inputs.
public struct ShapeError: Error, Sendable {
  public let message: String
  public init(_ message: String) { self.message = message }
}

/// What operations know of where they are being traced.
public enum TraceContext {
  /// The path of the layer being traced, so that a failed operation can name it.
  @TaskLocal public static var path = ""
}
