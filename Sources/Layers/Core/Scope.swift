import OrderedCollections

/// Where a layer finds its parameters and state while it is traced: a node in the model's tree.
///
/// A parameter's first values are drawn by its path, so that adding a layer doesn't change the others'.
public final class Scope {
  /// The path of this node, empty for the model itself.
  public let path: String
  /// Whether the model is being trained: dropout is active, and statistics come from the batch.
  public var isTraining: Bool { trace.isTraining }
  /// The element types of parameters and computation.
  public var precision: Precision { trace.precision }

  /// This batch's share of the running statistics, a scalar, while they are re-estimated: 1/n in the nth batch, so that
  /// all batches count equally. Nil in ordinary training, where the layer's momentum applies.
  public var statisticsShare: Tensor? { trace.statisticsShare }

  /// The devices that the batch is spread over; nil if one device has all of it. What a layer computes across examples it
  /// must compute across these devices: sums by `devices.sum`, random numbers by ``draw(_:_:by:)``.
  public var devices: DeviceAxis? { trace.devices }

  /// The groups of consecutive examples that batch normalization normalizes apart; they divide the batch.
  public var normalizationGroups: Int { trace.normalizationGroups }

  /// Whether a state of this layer is frozen: the layer then computes with it as outside of training, and doesn't
  /// update it.
  public func isFrozen(_ name: String) -> Bool { trace.isFrozen?(joined(name)) ?? false }

  private let trace: ScopeTrace
  private let isShared: Bool
  /// What layers use in place of their kernels.
  private let reparametrization: (any KernelReparametrization)?

  fileprivate init(
    _ trace: ScopeTrace, path: String = "", isShared: Bool = false,
    _ reparametrization: (any KernelReparametrization)? = nil
  ) {
    self.trace = trace
    self.path = path
    self.isShared = isShared
    self.reparametrization = reparametrization
  }

  /// The scope of a layer called `name`.
  public subscript(name: String) -> Scope {
    Scope(trace, path: joined(name), isShared: isShared, reparametrization)
  }

  /// A scope whose parameters may be requested more than once, for the same tensors each time.
  public func shared(_ name: String) -> Scope {
    Scope(trace, path: joined(name), isShared: true, reparametrization)
  }

  /// This scope, in which layers use something else in place of their kernels.
  func reparametrized(by reparametrization: any KernelReparametrization) -> Scope {
    Scope(trace, path: path, isShared: isShared, reparametrization)
  }

  /// A trainable parameter, in the element type in which the model computes.
  ///
  /// Requesting a name twice fails, unless the scope is ``shared(_:)``.
  /// - Parameter dtype: the type in which the parameter is stored and returned. By default it is stored as
  ///   ``Precision/parameters`` and returned as ``Precision/computation``.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: any Initializer, dtype: DType? = nil
  ) -> Tensor {
    let type = TensorType(dtype ?? precision.parameters, shape)
    let value = trace.parameter(joined(name), type, initializer, mayRepeat: isShared)
    let used = name == "kernel" ? reparametrization?.reparametrized(value.upcast, in: self) ?? value : value
    return used.cast(to: dtype ?? precision.computation)
  }

  /// A tensor that steps update without a gradient, such as a running mean. ``Precision/parameters`` by default.
  public func state(_ name: String, _ shape: Shape, _ initializer: any Initializer, dtype: DType? = nil) -> Tensor {
    trace.state(joined(name), TensorType(dtype ?? precision.parameters, shape), initializer)
  }

  /// Sets what ``state(_:_:_:dtype:)`` returns in the next step.
  public func update(_ name: String, _ value: Tensor) { trace.update(joined(name), value) }

  /// The key for this layer's random numbers in this step; each name has its own.
  public func key(_ name: String) -> Key { trace.key.derived(joined(name)) }

  /// Random numbers for the examples of this device: an example gets the same ones on however many ``devices`` its batch is.
  /// - Parameters:
  ///   - name: as for ``key(_:)``.
  ///   - shape: `[examples, …]`
  ///   - numbers: draws an array of a shape.
  public func draw(_ name: String, _ shape: Shape, by numbers: (Key, Shape) -> Tensor) -> Tensor {
    guard let devices, let count = shape.first else { return numbers(key(name), shape) }
    return devices.rows(of: numbers(key(name), Shape([count * devices.count] + shape.dropFirst())))
  }

  /// Traces a loop's body, which may request parameters but not update state.
  func loop<Result>(_ body: () -> Result) -> Result {
    let outside = trace.isInLoop
    trace.isInLoop = true
    defer { trace.isInLoop = outside }
    return body()
  }

  /// Whether blocks are computed again for gradients.
  var checkpointsBlocks: Bool { trace.checkpointing == .blocks }

  /// The output of a block, mixed with those of other examples if mixing was asked for behind this block.
  func mixed(_ output: Tensor) -> Tensor { trace.mixed(output) }

  /// What `body` computes, of which gradients keep nothing but what it uses from outside. State that it updates leaves it
  /// as further results, so that the second run changes none.
  func checkpoint(_ body: () -> Tensor) -> Tensor { trace.checkpoint(body) }

  /// Records a call of a layer, in the trace that creates the model's variables; later traces are for programs.
  func record(_ layer: some Layer, input: Tensor, output: Tensor) {
    guard trace.isInitializing else { return }
    trace.records.append(
      LayerRecord(
        path: path, label: layer.label, typeName: "\(type(of: layer))", input: input.type, output: output.type,
        layer: layer, shapeBeforeFlattening: input.shapeBeforeFlattening))
  }

  private func joined(_ name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }
}

/// What all scopes of one trace share.
private final class ScopeTrace {
  let isTraining: Bool
  let key: Key
  let precision: Precision
  let statisticsShare: Tensor?
  /// By path of a state.
  let isFrozen: ((String) -> Bool)?
  /// Whether parameters are created, in the first trace of a model, or looked up.
  let isInitializing: Bool
  let checkpointing: GradientCheckpointing
  let devices: DeviceAxis?
  let normalizationGroups: Int
  private let mixing: HiddenMixing?
  private var blocks = 0

  private(set) var parameters: TensorTree
  private(set) var state: TensorTree
  var records: [LayerRecord] = []
  /// Whether a loop's body is being traced, where a value belongs to one step.
  var isInLoop = false
  private var asked: Set<String> = []
  /// Whether a checkpoint's body is being traced; checkpoints within one are part of it.
  private var isInCheckpoint = false
  /// The paths of the state that the checkpoint's body has updated.
  private var updated: OrderedSet<String> = []

  init(
    _ variables: ModelVariables?, key: Key, isTraining: Bool, precision: Precision, statisticsShare: Tensor? = nil,
    isFrozen: ((String) -> Bool)? = nil, checkpointing: GradientCheckpointing = .none, devices: DeviceAxis? = nil,
    normalizationGroups: Int = 1, mixing: HiddenMixing? = nil
  ) {
    isInitializing = variables == nil
    self.checkpointing = checkpointing
    (self.devices, self.normalizationGroups, self.mixing) = (devices, normalizationGroups, mixing)
    parameters = variables?.parameters ?? TensorTree()
    state = variables?.state ?? TensorTree()
    self.key = key
    self.isTraining = isTraining
    self.precision = precision
    self.statisticsShare = statisticsShare
    self.isFrozen = isFrozen
  }

  func parameter(_ path: String, _ type: TensorType, _ initializer: any Initializer, mayRepeat: Bool) -> Tensor {
    guard asked.insert(path).inserted || mayRepeat else {
      return fail(path, "the name is used twice: give the layers different names, or share the scope on purpose")
    }
    if isInitializing, parameters[path] == nil {
      // Drawn only in the first trace; later ones look it up.
      parameters[path] = initializer(type.shape, dtype: type.dtype, key: key.derived(path))
    }
    return found(parameters[path], path, type)
  }

  func state(_ path: String, _ type: TensorType, _ initializer: any Initializer) -> Tensor {
    if isInitializing, state[path] == nil {
      state[path] = initializer(type.shape, dtype: type.dtype, key: key.derived(path))
    }
    return found(state[path], path, type)
  }

  func update(_ path: String, _ value: Tensor) {
    guard !isInitializing else { return }
    guard !isInLoop else {
      state[path] = fail(path, "can't be updated inside a recurrent cell: make it one of the cell's states")
      return
    }
    state[path] = found(value, path, state[path]?.type ?? value.type)
    updated.append(path)
  }

  func mixed(_ output: Tensor) -> Tensor {
    guard let mixing else { return output }
    blocks += 1
    return mixing.mixed(output, at: blocks)
  }

  func checkpoint(_ body: () -> Tensor) -> Tensor {
    guard !isInitializing, !isInCheckpoint else { return body() }
    isInCheckpoint = true
    updated = []
    defer { isInCheckpoint = false }
    let results = Tensors.checkpoint {
      let output = body()
      return [output] + updated.compactMap { state[$0] }
    }
    for (path, value) in zip(updated, results.dropFirst()) { state[path] = value }
    return results[0]
  }

  private func found(_ tensor: Tensor?, _ path: String, _ type: TensorType) -> Tensor {
    guard let tensor else { return fail(path, "the model's variables have no such tensor") }
    guard tensor.type == type || tensor.diagnostic != nil else {
      return fail(path, "is \(tensor.dtype)\(tensor.shape), but the input asks for \(type.dtype)\(type.shape)")
    }
    return tensor
  }

  private func fail(_ path: String, _ message: String) -> Tensor {
    .failed(Diagnostic(operation: "parameter '\(path)'", message: message))
  }
}

extension Layer {
  /// Creates the model's variables for inputs of a given type, and computes their initial values.
  ///
  /// - Parameters:
  ///   - input: the type of a batch; its size doesn't matter.
  ///   - key: determines all initial values, each by its path.
  ///   - precision: the element types of parameters and computation.
  /// - Throws: `Diagnostic` with the layer's path if the layers don't fit each other or the input.
  public func variables(for input: TensorType, key: Key, precision: Precision = .float32) throws -> ModelVariables {
    let lazy = try trace(input, key: key, precision: precision).variables
    return ModelVariables(parameters: try lazy.parameters.evaluate(), state: try lazy.state.evaluate())
  }

  /// The calls of layers that a batch of `input`'s type goes through, inner ones first, and the variables that they
  /// request, not computed yet.
  /// - Throws: as ``variables(for:key:precision:)`` does.
  public func trace(
    _ input: TensorType, key: Key = Key(seed: 0), precision: Precision = .float32
  ) throws -> (records: [LayerRecord], variables: ModelVariables) {
    let trace = ScopeTrace(nil, key: key, isTraining: false, precision: precision)
    let output = self(Tensor.zeros(input.shape, dtype: input.dtype), in: Scope(trace))
    if let diagnostic = output.diagnostic { throw diagnostic }
    return (trace.records, ModelVariables(parameters: trace.parameters, state: trace.state))
  }

  /// Traces the model with given variables.
  /// - Parameters:
  ///   - precision: by default, the model computes in the type of the first parameter.
  ///   - statisticsShare: see ``Scope/statisticsShare``.
  ///   - isFrozen: whether the state of a path is frozen, see ``Scope/isFrozen(_:)``; by default, none is.
  ///   - checkpointing: what gradients of the output compute again.
  ///   - devices: those that have other examples of the batch, see ``Scope/devices``.
  ///   - normalizationGroups: see ``Scope/normalizationGroups``.
  ///   - mixing: how examples are mixed; the inputs are those that the model is given.
  /// - Returns: the output, and the state after this step.
  public func apply(
    _ variables: ModelVariables, to x: Tensor, isTraining: Bool = false, key: Key = Key(seed: 0),
    precision: Precision? = nil, statisticsShare: Tensor? = nil, isFrozen: ((String) -> Bool)? = nil,
    checkpointing: GradientCheckpointing = .none, devices: DeviceAxis? = nil, normalizationGroups: Int = 1,
    mixing: HiddenMixing? = nil
  ) -> (output: Tensor, state: TensorTree) {
    let dtype = variables.parameters.tensors.first?.dtype ?? .float32
    let trace = ScopeTrace(
      variables, key: key, isTraining: isTraining,
      precision: precision ?? Precision(parameters: dtype, computation: dtype), statisticsShare: statisticsShare,
      isFrozen: isFrozen, checkpointing: checkpointing, devices: devices,
      normalizationGroups: normalizationGroups, mixing: mixing)
    let output = self(mixing?.mixed(x, at: 0) ?? x, in: Scope(trace))
    return (output, trace.state)
  }
}
