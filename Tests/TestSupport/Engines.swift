import PJRT

/// Engines besides the shared one.
public enum Engines {
  /// Eight devices on the CPU. Programs may use any number of them; see `Engine.asShared(_:)`.
  public static let eightDevices = Result { () throws(EngineError) in try Engine(devices: 8) }
}
