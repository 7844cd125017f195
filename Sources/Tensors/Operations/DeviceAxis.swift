/// Devices that run the same program at the same time, and exchange tensors: an axis of a mesh of devices.
///
/// ``Program`` runs one copy of a program on each of several devices. In such a program a tensor is *shared* if it is the
/// same on all devices of an axis, as parameters are, or *local* if each has its own, as examples are. An operation on a
/// local tensor is done on each device by itself; only an axis leads from one kind to the other, in both directions:
///
/// ```swift
/// let axis = DeviceAxis(devices: 1)  // more if the engine has them: Engine.configure(device: "cpu", devices: 4)
/// let program = try Program([TensorType(.float32, [2]), TensorType(.float32, [8, 2])], devices: axis.count) { inputs in
///   let (weights, examples) = (inputs[0], axis.rows(of: inputs[1]))
///   let (loss, gradients) = valueAndGradient(at: [weights]) { weights in
///     axis.sum((examples * axis.spread(weights)[0]).squared().sum())
///   }
///   return [loss] + gradients  // both shared: the loss of all examples, and its whole gradient
/// }
/// print(try program([Tensor.ones([2]), Tensor.ones([8, 2])])[0].scalar())  // 16.0
/// ```
///
/// A gradient with respect to a shared tensor is right if the tensor passes through ``spread(_:)-(Tensor)`` before it meets
/// a local one, and if what is differentiated is shared. Then ``sum(_:)-(Tensor)`` and ``spread(_:)-(Tensor)`` are each
/// other's gradients, as `psum` and `pvary` are in JAX.
public struct DeviceAxis: Sendable, Hashable {
  /// The devices that run the program.
  public let devices: Int
  /// The devices along the axis: those that exchange tensors with each other.
  public let count: Int
  /// How far neighbours along the axis are apart in the numbering of devices.
  let stride: Int

  /// All devices of a program.
  public init(devices: Int) { self.init(devices: devices, count: devices, stride: 1) }

  private init(devices: Int, count: Int, stride: Int) {
    (self.devices, self.count, self.stride) = (devices, count, stride)
  }

  /// The axis as two: `across` connects the devices of the same place in each of `groups` groups of neighbours, `within`
  /// those of one group. Nil if the groups don't divide the devices evenly.
  public func split(into groups: Int) -> (across: DeviceAxis, within: DeviceAxis)? {
    guard groups >= 1, count.isMultiple(of: groups) else { return nil }
    let size = count / groups
    return (
      DeviceAxis(devices: devices, count: groups, stride: stride * size),
      DeviceAxis(devices: devices, count: size, stride: stride)
    )
  }

  /// The numbers of the devices that exchange tensors: each device is in one group.
  var groups: [[Int]] {
    (0..<devices / count).map { group in
      let first = group / stride * stride * count + group % stride
      return (0..<count).map { first + $0 * stride }
    }
  }
}

extension DeviceAxis {
  /// The sum of the devices' local tensors: shared.
  public func sum(_ local: Tensor) -> Tensor { sum([local])[0] }

  /// The sums of the devices' local tensors: shared, and exchanged together.
  public func sum(_ local: [Tensor]) -> [Tensor] { together(local) { AllReduce(axis: self, count: $0) } }

  /// The mean of the devices' local tensors: shared.
  public func mean(_ local: Tensor) -> Tensor { mean([local])[0] }

  /// The means of the devices' local tensors: shared, and exchanged together.
  public func mean(_ local: [Tensor]) -> [Tensor] {
    count == 1 ? local : sum(local).map { $0 / Double(count) }
  }

  /// A shared tensor as a local one that is the same on all devices. Its gradient is the sum of the devices'.
  public func spread(_ shared: Tensor) -> Tensor { spread([shared])[0] }

  /// Shared tensors as local ones; their gradients are exchanged together.
  public func spread(_ shared: [Tensor]) -> [Tensor] { together(shared) { Spread(axis: self, count: $0) } }

  /// The devices' local rows one after the other: shared. All have the same number of rows.
  public func gather(_ local: Tensor) -> Tensor { gather([local])[0] }

  /// The rows of several local tensors, each as by ``gather(_:)-(Tensor)``: shared, and exchanged together.
  public func gather(_ local: [Tensor]) -> [Tensor] { together(local) { AllGather(axis: self, count: $0) } }

  /// This device's part of the rows of a shared tensor: local.
  /// - Parameter shared: `[rows, …]`; the number of rows is a multiple of ``count``.
  public func rows(of shared: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    guard shared.rank > 0, shared.shape[0].isMultiple(of: count) else {
      return .failed(
        "rows", "\(count) devices don't divide the rows of \(shared.shape) evenly", [shared], file: file, line: line)
    }
    if count == 1 { return shared }
    let size = shared.shape[0] / count
    return spread(shared).rows(from: index * Double(size), count: size)
  }

  /// This device's place along the axis, from 0: a local int32 scalar.
  public var index: Tensor {
    if count == 1 { return Tensor(0, dtype: .int32) }
    let number = Tensor(DeviceNumber(axis: DeviceAxis(devices: devices)), [])
    let neighbours = stride == 1 ? number : number / Double(stride)
    return count * stride == devices ? neighbours : neighbours.remainder(dividingBy: Double(count))
  }

  /// Applies a primitive to the tensors of each element type.
  private func together(_ tensors: [Tensor], _ primitive: (Int) -> some Primitive) -> [Tensor] {
    if count == 1 { return tensors }
    var results = tensors
    for dtype in DType.allCases {
      let places = tensors.indices.filter { tensors[$0].dtype == dtype }
      guard !places.isEmpty else { continue }
      for (place, result) in zip(places, Tensor.apply(primitive(places.count), to: places.map { tensors[$0] })) {
        results[place] = result
      }
    }
    return results
  }
}
