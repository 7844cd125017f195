import CKernels

/// What a library of kernels brings.
struct LoadedLibrary {
  var available: KernelSet = []
  var recommended: KernelSet = []
  var version: String?
  var reason: String?

  /// - Parameter load: loads the file of that path, or says why it can't.
  init(
    _ library: KernelLibrary, _ locator: EngineLocator, load: (String, inout [CChar]) -> LoadedLibrary?
  ) throws(EngineError) {
    guard let path = try locator.path(of: library) else {
      reason = "\(library.name) isn't installed"
      return
    }
    if let shortfall = SharedLibraryFile.shortfall(path) {
      reason = "\(library.name) can't be loaded: \(path): \(shortfall)"
      return
    }
    var message = [CChar](repeating: 0, count: 512)
    if let loaded = load(path, &message) {
      self = loaded
    } else {
      reason = "\(library.name) can't be loaded: \(Self.text(message))"
    }
  }

  init(available: KernelSet, recommended: KernelSet, version: String) {
    (self.available, self.recommended, self.version) = (available, recommended, version)
  }

  static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

enum OneDNN {
  static func load(_ locator: EngineLocator) throws(EngineError) -> LoadedLibrary {
    try LoadedLibrary(.oneDNN, locator) { path, message in
      var found = TanrenOneDNN()
      guard tanren_load_onednn(path, &found, &message, message.count) else { return nil }
      let single: KernelSet = [.convolution, .winograd, .largeProduct]
      return LoadedLibrary(
        available: found.has_bfloat16 ? .oneDNN : single,
        // Without instructions for bfloat16, XLA's way through float32 is as fast.
        recommended: found.has_fast_bfloat16 ? .oneDNN : single, version: "\(found.major).\(found.minor)")
    }
  }
}

enum OpenBLAS {
  static func load(_ locator: EngineLocator) throws(EngineError) -> LoadedLibrary {
    try LoadedLibrary(.openBLAS, locator) { path, message in
      var found = TanrenOpenBLAS()
      guard tanren_load_openblas(path, &found, &message, message.count) else { return nil }
      let version = withUnsafeBytes(of: &found.version) { LoadedLibrary.text(Array($0.bindMemory(to: CChar.self))) }
      let processor = withUnsafeBytes(of: &found.processor) { LoadedLibrary.text(Array($0.bindMemory(to: CChar.self))) }
      return LoadedLibrary(
        available: .linearAlgebra, recommended: .linearAlgebra, version: "\(version) (\(processor))")
    }
  }
}
