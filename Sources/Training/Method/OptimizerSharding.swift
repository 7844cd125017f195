import PJRT

/// How several devices keep the state of an optimizer: moments, velocities.
public enum OptimizerStateLayout: String, Sendable, Hashable, CaseIterable {
  /// Each device has all of it.
  case replicated
  /// Each device has the state of its share of the parameters' elements, and updates that share. Then the devices exchange
  /// the new parameters (ZeRO stage 1, Rajbhandari et al. 2020, https://arxiv.org/abs/1910.02054).
  case sharded
}

/// The optimizer's state of a trainer whose devices have a share of it each.
///
/// In a ``TrainingState`` a sharded tensor has the type of a share, and is another on each device. Checkpoints have it whole.
struct OptimizerSharding {
  let shares: ParameterShares
  private let optimizer: any Optimizer
  /// The types of sharded tensors before they are divided, by their paths in the training state.
  private let whole: [String: TensorType]

  /// - Parameter parameters: all of the model's; their values don't matter.
  /// - Throws: ``TrainingError/unshardable(optimizer:transforms:)`` if a state has another form than the optimizer claims.
  init(_ method: Method, _ parameters: TensorTree, devices: Int) throws(TrainingError) {
    let trained = method.trained(parameters)
    optimizer = method.optimizer
    shares = ParameterShares(of: trained, over: DeviceAxis(devices: devices))
    let (transform, shares) = (optimizer.transform, shares)
    let parts = transform.initial(
      trained.mapValues {
        let type = shares.type(ofShareOf: $0.type)
        return .zeros(type.shape, dtype: type.dtype)
      })
    var whole: [String: TensorType] = [:]
    for (path, tensor) in transform.initial(trained).pairs {
      // The state of a parameter ends with the parameter's path: the longest one, of several.
      let owner = trained.paths.filter { path == $0 || path.hasSuffix("/" + $0) }.max { $0.count < $1.count }
      let part = parts[path]?.type
      if owner.flatMap({ trained[$0]?.shape }) == tensor.shape, part == shares.type(ofShareOf: tensor.type) {
        whole["optimizer/" + path] = tensor.type
      } else if part != tensor.type {
        throw .unshardable(optimizer: type(of: optimizer).name, transforms: ["its state '\(path)'"])
      }
    }
    self.whole = whole
  }

  /// The type of a tensor of the training state before it is divided; nil if it isn't.
  func wholeType(_ path: String) -> TensorType? { whole[path] }

  /// The optimizer's state before the first step, each device's share on it: no device has all of it at any time.
  func initial(_ parameters: TensorTree) throws -> TensorTree {
    var tree = TensorTree()
    let program = try Program(parameters.types, devices: shares.devices) { arguments in
      tree = optimizer.transform.initial(shares.parts(of: parameters.with(arguments)))
      // A program has a result at least.
      return tree.isEmpty ? [Tensor(0)] : tree.tensors
    }
    return tree.with(try program(parameters.tensors))
  }

  /// The whole array of the shares at a path; nil if that isn't sharded.
  func whole(_ tensor: Tensor, at path: String) throws -> HostArray? {
    guard let type = whole[path] else { return nil }
    let count = type.shape.elementCount * type.dtype.byteCount
    return try HostArray(
      dtype: type.dtype, shape: Array(type.shape), bytes: Array(tensor.perDevice().flatMap(\.bytes).prefix(count)))
  }

  /// The shares of a whole array, each on its device; nil if the path isn't sharded.
  func shares(of array: HostArray, at path: String) throws -> Tensor? {
    guard let type = whole[path].map(shares.type(ofShareOf:)) else { return nil }
    let size = type.shape[0] * type.dtype.byteCount
    let row = array.bytes + Array(repeating: 0, count: size * shares.devices - array.bytes.count)
    return try Tensor(
      perDevice: (0..<shares.devices).map { device in
        try HostArray(
          dtype: type.dtype, shape: Array(type.shape), bytes: Array(row[device * size..<(device + 1) * size]))
      })
  }
}

extension Method {
  /// - Throws: ``TrainingError/unshardable(optimizer:transforms:)`` if the optimizer needs whole parameters.
  public func checkShardable() throws(TrainingError) {
    let transforms = optimizer.transform.unshardable
    guard transforms.isEmpty else {
      throw .unshardable(
        optimizer: type(of: optimizer).name, transforms: transforms.map { "\(type(of: $0))" })
    }
  }
}

extension TrainingState {
  /// The state before the first step, computed.
  /// - Parameter sharding: nil if each device has all of the optimizer's state.
  init(_ variables: ModelVariables, method: Method, _ sharding: OptimizerSharding?) throws {
    let tree = TrainingState(variables, method: method).tree
    guard let sharding else {
      self.init(tree: try tree.evaluate().unaliased())
      return
    }
    let shares = try sharding.initial(method.trained(variables.parameters)).nested(under: "optimizer")
    let others = try tree.filter { shares[$0] == nil }.evaluate().unaliased()
    self.init(tree: tree.map { path, tensor in shares[path] ?? others[path] ?? tensor })
  }
}
