/// Where a layer finds its parameters and state while it is traced: a place in the model's tree.
///
/// Paths decide the random numbers a parameter starts with, so that adding a layer leaves the others' alone.
public final class Scope {
  /// The path of this place, empty for the model itself.
  public let path: String
  /// Whether the model is being trained: dropout drops, statistics are taken from the batch.
  public var isTraining: Bool { trace.isTraining }
  /// The element types of parameters and computation.
  public var precision: Precision { trace.precision }

  /// The part of running statistics that is to come from this batch, a scalar, while they are estimated anew: 1/n in the
  /// nth batch, so that all count alike. Nil in ordinary training, where a layer keeps what it likes.
  public var statisticsShare: Tensor? { trace.statisticsShare }

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

  /// A trained parameter, in the element type that the model computes in.
  ///
  /// Asking twice for one name fails, unless the place is ``shared(_:)``.
  /// - Parameter dtype: of the parameter as it is kept and as it is returned; by default it is kept as
  ///   ``Precision/parameters`` and returned as ``Precision/computation``.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: any Initializer, dtype: DType? = nil
  ) -> Tensor {
    let type = TensorType(dtype ?? precision.parameters, shape)
    return trace.parameter(joined(name), type, initializer, mayRepeat: isShared).cast(
      to: dtype ?? precision.computation)
  }

  /// A tensor that steps update but gradients don't: a running mean, say. ``Precision/parameters`` by default.
  public func state(_ name: String, _ shape: Shape, _ initializer: any Initializer, dtype: DType? = nil) -> Tensor {
    trace.state(joined(name), TensorType(dtype ?? precision.parameters, shape), initializer)
  }

  /// What ``state(_:_:_:dtype:)`` will be in the next step.
  public func update(_ name: String, _ value: Tensor) { trace.update(joined(name), value) }

  /// The key for this layer's random numbers in this step, another for each name.
  public func key(_ name: String) -> Key { trace.key.derived(joined(name)) }

  /// Traces a loop's body: it may ask for parameters, but not update state.
  func loop<Result>(_ body: () -> Result) -> Result {
    let outside = trace.isInLoop
    trace.isInLoop = true
    defer { trace.isInLoop = outside }
    return body()
  }

  /// Notes a call of a layer. A model is looked at when its variables are made; later traces are for programs.
  func record(_ layer: some Layer, input: Tensor, output: Tensor) {
    guard trace.isInitializing else { return }
    trace.records.append(
      LayerRecord(
        path: path, label: layer.label, typeName: "\(type(of: layer))", input: input.type, output: output.type,
        layer: layer, flattenedExample: input.flattenedExample))
  }

  private func joined(_ name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }
}
