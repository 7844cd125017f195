import PJRT
import Testing

@testable import Tensors

/// What the registry knows of a primitive: everything ``PrimitiveTests`` needs to check its four duties.
struct PrimitiveRow: Sendable, CustomTestStringConvertible {
  /// What differentiation does at the primitive.
  enum Gradient: Sendable {
    /// Gradient and gradient of the gradient agree with finite differences.
    case finiteDifferences
    /// The gradient agrees with finite differences; its own gradient fails with a message that contains this.
    case firstOnly(String)
    /// The primitive is explicitly `NonDifferentiable`: its inputs get no cotangent.
    case none
    /// Differentiating fails with a message that contains this.
    case refused(String)
  }

  /// Where the right values come from.
  enum Values: Sendable {
    /// From `primitives.json`, the cases of these operations.
    case fixtures([String])
    /// From the samples themselves, which all state theirs.
    case stated
  }

  let type: any Primitive.Type
  let values: Values
  let gradient: Gradient
  let samples: [Sample]
  let refusals: [Refusal]

  init(
    _ type: any Primitive.Type, _ values: Values, gradient: Gradient? = nil, samples: [Sample],
    refusals: [Refusal] = []
  ) {
    self.type = type
    self.values = values
    self.gradient = gradient ?? (type is any NonDifferentiable.Type ? .none : .finiteDifferences)
    self.samples = samples
    self.refusals = refusals
  }

  var testDescription: String { String(describing: type) }
}

extension PrimitiveRow {
  /// Inputs that an operation made of the primitive takes. Floating-point ones are float64, so that finite
  /// differences tell something.
  struct Sample: Sendable {
    let inputs: [Tensor]
    /// The result types by the shape rule.
    let types: [TensorType]
    /// The results, where no fixture has them.
    let values: [[Double]]?
    let apply: @Sendable ([Tensor]) -> [Tensor]

    init(
      _ inputs: [Tensor], gives types: [TensorType], values: [[Double]]? = nil,
      apply: @escaping @Sendable ([Tensor]) -> [Tensor]
    ) {
      self.inputs = inputs
      self.types = types
      self.values = values
      self.apply = apply
    }

    init(_ primitive: some Primitive, _ inputs: [Tensor], gives types: [TensorType], values: [[Double]]? = nil) {
      self.init(inputs, gives: types, values: values) { Tensor.apply(primitive, to: $0) }
    }

    /// Results of the first input's type.
    init(_ primitive: some Primitive, _ inputs: [Tensor], values: [[Double]]? = nil) {
      self.init(primitive, inputs, gives: [inputs[0].type], values: values)
    }
  }

  /// Inputs the shape rule refuses, and what its message says.
  struct Refusal: Sendable {
    let message: String
    let apply: @Sendable () -> [Tensor]

    init(_ message: String, apply: @escaping @Sendable () -> [Tensor]) {
      self.message = message
      self.apply = apply
    }

    init(_ primitive: some Primitive, _ types: [TensorType], _ message: String) {
      self.init(message) { Tensor.apply(primitive, to: types.map { Tensor.zeros($0.shape, dtype: $0.dtype) }) }
    }
  }
}

/// Members of a batch that differ from one another: the sample's inputs, changed a little or turned round.
extension Tensor {
  func member(_ index: Int) throws -> Tensor {
    func turned<Scalar: HostScalar>(_: Scalar.Type) throws -> Tensor {
      let elements: [Scalar] = try values()
      let offset = elements.isEmpty ? 0 : index % elements.count
      return Tensor(Array(elements[offset...] + elements[..<offset]), shape: shape)
    }
    switch dtype {
    case .float64: return Tensor(try values(as: Double.self).map { $0 + 0.03 * Double(index) }, shape: shape)
    case .bool where rank == 0: return Tensor(try values(as: Bool.self).map { $0 != (index % 2 == 1) }, shape: [])
    case .bool: return try turned(Bool.self)
    case .int32 where rank == 0: return Tensor(try values(as: Int32.self).map { $0 + Int32(index) }, shape: shape)
    case .int32: return try turned(Int32.self)
    case .uint32: return try turned(UInt32.self)
    case .uint64: return try turned(UInt64.self)
    default: return self
    }
  }
}
