/// A device other than the CPU, and where Python packages put its plugin.
public struct Accelerator: Sendable, Hashable {
  /// What people write: `cuda`.
  public let name: String
  /// The package that brings a plugin, as pip takes it.
  public let requirement: String
  /// Whether Tanren has run on such a device.
  public let isTested: Bool
  /// The plugins' files in a folder of Python packages, the preferred one first.
  let files: [String]
  /// Where the system may have a plugin.
  let systemFiles: [String]

  private init(
    _ name: String, _ requirement: String, isTested: Bool = false, files: [String], systemFiles: [String] = []
  ) {
    (self.name, self.requirement, self.isTested) = (name, requirement, isTested)
    (self.files, self.systemFiles) = (files, systemFiles)
  }

  /// All that have a name. Files are those of the wheels on PyPI.
  public static let all = [
    Accelerator(
      "cuda", "'jax[cuda13]'", isTested: true,
      files: ["xla_cuda13", "xla_cuda12"].map { "jax_plugins/\($0)/xla_cuda_plugin.so" }),
    Accelerator("tpu", "libtpu", files: ["libtpu/libtpu.so"], systemFiles: ["/lib/libtpu.so"]),
    Accelerator(
      "rocm", "jax-rocm7-pjrt",
      files: ["xla_rocm10", "xla_rocm7", "xla_rocm60"].map { "jax_plugins/\($0)/xla_rocm_plugin.so" }),
    Accelerator(
      "oneapi", "jax-oneapi-pjrt",
      files: [
        "jax_plugins/xla_oneapi/xla_oneapi_plugin.so", "jax_plugins/intel_extension_for_openxla/pjrt_plugin_xpu.so",
      ]),
    Accelerator(
      "metal", "jax-mps",
      files: [
        "jax_plugins/mps/lib/libpjrt_plugin_mps.dylib", "jax_plugins/metal_plugin/pjrt_plugin_metal_14.dylib",
      ]),
  ]

  /// The accelerator of a name; nil if there is none.
  public static func named(_ name: String) -> Accelerator? { all.first { $0.name == name } }
}
