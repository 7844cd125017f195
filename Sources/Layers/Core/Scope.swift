/// Where a layer finds its parameters and state while it is traced: a place in the model's tree.
///
/// Paths decide the random numbers a parameter starts with, so that adding a layer leaves the others' alone.
public final class Scope {
  /// The path of this place, empty for the model itself.
  public let path: String
  /// Whether the model is being trained: dropout drops, statistics are taken from the batch.
  public var isTraining: Bool { trace.isTraining }

  private let trace: ScopeTrace
  private let isShared: Bool

  init(_ trace: ScopeTrace, path: String = "", isShared: Bool = false) {
    self.trace = trace
    self.path = path
    self.isShared = isShared
  }

  /// The place for a layer called `name`.
  public subscript(name: String) -> Scope {
    Scope(trace, path: joined(name), isShared: isShared)
  }

  /// A place whose parameters may be asked for more than once: the same tensors each time.
  public func shared(_ name: String) -> Scope { Scope(trace, path: joined(name), isShared: true) }

  /// A trained parameter.
  ///
  /// Asking twice for one name fails, unless the place is ``shared(_:)``.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: any Initializer, dtype: DType? = nil
  ) -> Tensor {
    trace.parameter(joined(name), TensorType(dtype ?? trace.dtype, shape), initializer, mayRepeat: isShared)
  }

  /// A tensor that steps update but gradients don't: a running mean, say.
  public func state(_ name: String, _ shape: Shape, _ initializer: any Initializer, dtype: DType? = nil) -> Tensor {
    trace.state(joined(name), TensorType(dtype ?? trace.dtype, shape), initializer)
  }

  /// What ``state(_:_:_:dtype:)`` will be in the next step.
  public func update(_ name: String, _ value: Tensor) { trace.update(joined(name), value) }

  /// The key for this layer's random numbers in this step, another for each name.
  public func key(_ name: String) -> Key { trace.key.derived(joined(name)) }

  func record(_ layer: some Layer, input: TensorType, output: TensorType) {
    trace.records.append(
      LayerRecord(path: path, label: layer.label, typeName: "\(type(of: layer))", input: input, output: output))
  }

  private func joined(_ name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }
}
