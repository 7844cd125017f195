/// A primitive that has a form in ONNX. The forms are in `Forms`, one per primitive.
package protocol ONNXOperation: Primitive {
  /// Traced functions that the form writes.
  var bodies: [Subgraph] { get }

  /// Writes the operation with the standard's operators.
  /// - Throws: ``ONNXFormError`` for attributes that no operator has.
  func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue]
}

extension ONNXOperation {
  package var bodies: [Subgraph] { [] }
}

/// An application of a primitive that is to be written.
package struct ONNXCall {
  let inputs: [ONNXValue]
  let results: [ONNXType]
  /// For each result whether anything reads it.
  let isUsed: [Bool]
  /// The first result in the traced graph, for forms that recognize how inputs were made.
  let tensor: Tensor

  /// The value of one of the inputs.
  func value(of input: Tensor) -> ONNXValue? {
    zip(tensor.node.inputs, inputs).first { $0.0.id == input.id }?.1
  }
}

/// Why an operation's attributes have no form.
struct ONNXFormError: Error {
  let message: String
}

/// The type of a value for all batch sizes.
struct ONNXType {
  let dtype: DType
  let shape: [SymbolicExtent]
}

/// A value of the traced function in the graph: what is stored under a name, and how it is seen.
///
/// Transposed and repeated values are views until an operator needs the elements in a certain order. A convolutional
/// network thus runs with channels first from end to end, although here channels are last, and biases are added without
/// being repeated.
package struct ONNXValue {
  enum Storage {
    /// An operator's result, or an input.
    case named(String)
    /// An array that doesn't depend on the inputs.
    case constant(Tensor)
  }

  let storage: Storage
  let dtype: DType
  /// The value's extents.
  let shape: [SymbolicExtent]
  /// For each stored axis the axis of the value that it is; nil for a stored axis of extent 1 that is none. The value
  /// repeats along axes that aren't stored.
  let layout: [Int?]

  /// A value that is stored as it is.
  init(_ storage: Storage, _ type: ONNXType, layout: [Int?]? = nil) {
    self.storage = storage
    (dtype, shape) = (type.dtype, type.shape)
    self.layout = layout ?? type.shape.indices.map { $0 }
  }

  /// A number.
  static func scalar(_ number: Double, _ dtype: DType) -> ONNXValue {
    ONNXValue(.constant(Tensor(number, dtype: dtype)), ONNXType(dtype: dtype, shape: []))
  }

  /// The same stored elements seen otherwise.
  func seen(as shape: [SymbolicExtent], layout: [Int?]) -> ONNXValue {
    ONNXValue(storage, ONNXType(dtype: dtype, shape: shape), layout: layout)
  }

  var type: ONNXType { ONNXType(dtype: dtype, shape: shape) }
  var rank: Int { shape.count }
  /// The axes that are stored, in the order in which they are.
  var axes: [Int] { layout.compactMap(\.self) }

  var constant: Tensor? {
    if case .constant(let tensor) = storage { return tensor }
    return nil
  }
}
