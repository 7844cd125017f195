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
  /// The caller's `#fileID` and `#line`.
  public let file: String
  public let line: Int

  public init(
    operation: String, message: String, inputs: [TensorType] = [], path: String = TraceContext.path,
    file: String = #fileID, line: Int = #line
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
    return "\(operation)(\(types)): \(message)" + (path.isEmpty ? "" : ", in layer \(path)") + " (\(file):\(line))"
  }
}

/// Why a primitive's shape rule refuses its inputs.
public struct ShapeError: Error, Sendable {
  public let message: String
  public init(_ message: String) { self.message = message }
}
