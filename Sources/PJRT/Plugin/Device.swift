/// A device that programs run on.
public struct Device: Sendable, Hashable {
  /// The plugin's number for the device.
  public let id: Int
  /// The plugin's name for the kind of device, for example `cpu` or `NVIDIA H100 80GB HBM3`.
  public let kind: String
}
