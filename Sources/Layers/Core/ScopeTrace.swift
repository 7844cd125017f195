/// What all scopes of one trace share.
final class ScopeTrace {
  let isTraining: Bool
  let key: Key
  let precision: Precision
  let statisticsShare: Tensor?
  /// Whether parameters are made (the first trace of a model) or looked up.
  let isInitializing: Bool

  private(set) var parameters: TensorTree
  private(set) var state: TensorTree
  var records: [LayerRecord] = []
  /// Whether a loop's body is being traced, where a value is one step's.
  var isInLoop = false
  private var asked: Set<String> = []

  init(_ variables: ModelVariables?, key: Key, isTraining: Bool, precision: Precision, statisticsShare: Tensor? = nil) {
    isInitializing = variables == nil
    parameters = variables?.parameters ?? TensorTree()
    state = variables?.state ?? TensorTree()
    self.key = key
    self.isTraining = isTraining
    self.precision = precision
    self.statisticsShare = statisticsShare
  }

  func parameter(_ path: String, _ type: TensorType, _ initializer: any Initializer, mayRepeat: Bool) -> Tensor {
    guard asked.insert(path).inserted || mayRepeat else {
      return fail(path, "the name is used twice: give the layers different names, or share the scope on purpose")
    }
    if isInitializing, parameters[path] == nil {
      // Computed once when the model is made, so that a trace of the model doesn't draw again.
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
      state[path] = fail(path, "can't be updated inside of a recurrent cell: make it one of the cell's states")
      return
    }
    state[path] = found(value, path, state[path]?.type ?? value.type)
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
