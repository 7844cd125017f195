/// Equal shares of the elements of each parameter, one per device: a device updates its own share, and keeps an optimizer's
/// state of no other (ZeRO stage 1, Rajbhandari et al. 2020, https://arxiv.org/abs/1910.02054).
///
/// A parameter's elements stand in a row, which zeros fill up to a multiple of the devices.
package struct ParameterShares: Sendable {
  package let devices: Int
  private let axis: DeviceAxis
  private let types: [String: TensorType]

  /// - Parameter parameters: whole ones; their values don't matter.
  package init(of parameters: TensorTree, over axis: DeviceAxis) {
    (self.axis, devices) = (axis, axis.count)
    types = Dictionary(uniqueKeysWithValues: parameters.pairs.map { ($0.path, $0.tensor.type) })
  }

  /// The type of a share of such a tensor.
  package func type(ofShareOf whole: TensorType) -> TensorType { TensorType(whole.dtype, [size(of: whole)]) }

  private func size(of type: TensorType) -> Int { (type.shape.elementCount + devices - 1) / devices }

  /// This device's shares of tensors that are the same on all: local.
  package func parts(of whole: TensorTree) -> TensorTree {
    whole.mapValues { tensor in
      let count = tensor.shape.elementCount
      let row = tensor.reshape(to: [count])
      let rest = size(of: tensor.type) * devices - count
      return axis.rows(of: rest == 0 ? row : row.pad([(0, rest)], with: 0))
    }
  }

  /// The parameters of which all devices have shares: shared, and exchanged together.
  package func whole(_ parts: TensorTree) -> TensorTree {
    parts.with(axis.gather(parts.tensors)).map { path, row in
      guard let type = types[path], row.diagnostic == nil else { return row }
      return row.slice(0..<type.shape.elementCount).reshape(to: type.shape)
    }
  }

  /// The sums of what devices have, exchanged together.
  func sums(_ local: [Tensor]) -> [Tensor] { axis.sum(local) }

  /// A share of a parameter or of its update, with zeros beyond the parameter's end, whatever was computed there.
  func masked(_ share: Tensor, of path: String) -> Tensor {
    guard let count = types[path]?.shape.elementCount, !count.isMultiple(of: devices) else { return share }
    let size = share.shape[0]
    return share.replaced(where: Tensor.iota([size]) + axis.index * Double(size) .>= Double(count), by: 0)
  }
}

extension UpdateContext {
  /// The same for transforms that see shares of the parameters, or whole ones if there are no shares.
  package func limited(to shares: ParameterShares?) -> UpdateContext {
    guard let shares else { return self }
    var context = self
    (context.parameters, context.shares) = (shares.parts(of: parameters), shares)
    context.curvature?.diagonal = curvature.map { shares.parts(of: $0.diagonal) } ?? TensorTree()
    return context
  }

  /// The norm of each tensor, over all of its elements, wherever they are: scalars by path, in types that can hold them.
  ///
  /// What uses these, or ``sums(of:)``, instead of `sum()` computes the same if each device has a share of the elements
  /// (``ShardableTransform``).
  /// - Parameter tensors: parameters, or their updates.
  public func norms(of tensors: TensorTree) -> TensorTree {
    guard let shares else { return tensors.mapValues { $0.norm() } }
    let squares = tensors.pairs.map { shares.masked($0.tensor, of: $0.path).upcast.squared().sum() }
    return tensors.with(shares.sums(squares).map { $0.sqrt() })
  }

  /// The sum of each tensor's elements, wherever they are: scalars by path, in types that can hold them.
  public func sums(of tensors: TensorTree) -> TensorTree {
    guard let shares else { return tensors.mapValues { $0.upcast.sum() } }
    return tensors.with(shares.sums(tensors.pairs.map { shares.masked($0.tensor, of: $0.path).upcast.sum() }))
  }

  /// The sum of all elements of all tensors together: a `float32` scalar, `float64` if any tensor is.
  public func sum(of tensors: TensorTree) -> Tensor {
    let dtype = tensors.wideType
    let own = tensors.pairs.map { path, tensor in
      (shares?.masked(tensor, of: path) ?? tensor).cast(to: dtype).sum()
    }.reduce(Tensor(0, dtype: dtype), +)
    return shares?.sums([own])[0] ?? own
  }

  /// The norm of all elements of all tensors together: a `float32` scalar, `float64` if any tensor is.
  public func norm(of tensors: TensorTree) -> Tensor {
    guard let shares else { return tensors.wideNorm() }
    let dtype = tensors.wideType
    let squares = tensors.pairs.map { shares.masked($0.tensor, of: $0.path).cast(to: dtype).squared().sum() }
    return shares.sums([squares.reduce(Tensor(0, dtype: dtype), +)])[0].sqrt()
  }
}
