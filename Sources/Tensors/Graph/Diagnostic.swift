/// Why an operation is impossible: what it was given, where, and how to fix it.
///
/// ```swift
/// let bad = Tensor.zeros([2, 3]).matmul(Tensor.zeros([4, 5]))
/// print(bad.sum().diagnostic?.description ?? "")
/// // matmul(float32[2, 3], float32[4, 5]): the first has 3 columns, the second 4 rows: they must agree (…)
/// ```
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
  /// The operation's name, for example `matmul`.
  public let operation: String
  /// What is wrong and how to fix it.
  public let message: String
  /// The types of the operation's inputs.
  public let inputs: [TensorType]
  /// The path of the layer that was being traced, for example `encoder/dense1`; empty outside of layers.
  public let path: String
  /// The caller's `#fileID`; nil for operators, which take only their operands and so can't know it.
  public let file: String?
  /// The caller's `#line`, where there is a file.
  public let line: Int
  /// Where an operator stands, if ``TraceContext/recordsLines`` asks for it.
  private let operatorLocation: String?

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
    let isWanted = TraceContext.recordsLines && Origin.isOwn(file: file)
    operatorLocation = isWanted ? Origin(file: nil, line: 0).location : nil
  }

  public var description: String {
    let types = inputs.map { "\($0.dtype)\($0.shape)" }.joined(separator: ", ")
    return "\(operation)(\(types)): \(message)" + (path.isEmpty ? "" : ", in layer \(path)")
      + (location.map { " (\($0))" } ?? "")
  }

  /// Where the operation was called, for example `Model/Block.swift:12`; nil for operators, and within Tanren's own
  /// layers and methods, where path and operation say more. With ``TraceContext/recordsLines`` it is the nearest line of
  /// the program's own for these too.
  public var location: String? {
    guard let file, !Origin.isOwn(file: file) else { return operatorLocation }
    return "\(file):\(line)"
  }

  /// The modules whose lines aren't the user's.
  static let rooms: Set = [
    "Augmentations", "Checkpoints", "Command", "Configuration", "Datasets", "Exports", "Layers", "Optimizers", "PJRT",
    "Plans",
    "Reports", "Reservoirs", "Schedules", "Serve", "Studies", "Tanren", "Tensors", "Training",
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

/// Stands for a tensor that can't be computed. Its node carries the diagnostic and never reaches a program.
// Not under `Primitives`: it has none of a primitive's rules.
struct Failure: Source {
  static let name = "failure"
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [TensorType(.float32, [])] }
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] { inputs }
}
