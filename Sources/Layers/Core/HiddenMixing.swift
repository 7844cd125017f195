/// How the values of a batch's examples are mixed in pairs at one place in a model (manifold mixup, Verma et al. 2019,
/// https://arxiv.org/abs/1806.05236): its inputs, or behind one of its ``Block``s.
public struct HiddenMixing: Sendable {
  /// For each of this device's examples the number of its partner among those of all devices, `int32 [batch]`.
  public let partners: Tensor
  /// The weight of an example itself, a scalar; the rest is its partner's.
  public let share: Tensor
  /// 0 for the inputs, otherwise the number of the block, counted from 1: an `int32` scalar.
  public let place: Tensor
  private let devices: DeviceAxis?

  /// - Parameter devices: those that have other examples of the batch; nil if one device has all of it.
  public init(partners: Tensor, share: Tensor, place: Tensor, devices: DeviceAxis? = nil) {
    (self.partners, self.share, self.place, self.devices) = (partners, share, place, devices)
  }

  /// Values `[batch, …]` as they are at a place: mixed if it is the one that was chosen. Integers, which are tokens, aren't.
  public func mixed(_ values: Tensor, at place: Int) -> Tensor {
    guard values.dtype.isFloatingPoint else { return values }
    let share = share.cast(to: values.dtype)
    let own = Tensor.select(self.place .== Double(place), share, share.onesLike())
    return values * own + partnered(values) * (1 - own)
  }

  /// Rows `[batch, …]` of the examples' partners.
  public func partnered(_ rows: Tensor) -> Tensor { (devices?.gather(rows) ?? rows).take(partners) }
}
