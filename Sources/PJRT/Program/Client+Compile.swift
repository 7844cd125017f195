import CPJRT

extension Client {
  /// Compile a program for this client's devices.
  /// - Parameter stableHLO: StableHLO as MLIR text: a module, or one `func.func @main`.
  /// - Throws: ``EngineError/compilation(message:)`` with XLA's message,
  ///   ``EngineError/invalidOptions(_:)``, ``EngineError/unsupportedProgram(_:)`` or
  ///   ``EngineError/unsoundPlugin(path:reason:)``.
  public func compile(
    _ stableHLO: String, options: CompileOptions = CompileOptions()
  ) throws(EngineError) -> Executable {
    let settings = settingsInUse
    do throws(EngineError) {
      return try compile(stableHLO, options: options, with: settings)
    } catch {
      // A plugin that doesn't know one of the settings refuses every program.
      guard case .compilation = error else { throw error }
      let known = try acceptedSettings()
      guard known != settings else { throw error }
      return try compile(stableHLO, options: options, with: known)
    }
  }

  /// As ``compile(_:options:)``, with these settings of XLA's.
  func compile(
    _ stableHLO: String, options: CompileOptions, with settings: [XLASetting]
  ) throws(EngineError) -> Executable {
    try options.validate(deviceCount: devices.count)
    guard stableHLO.utf8.contains(where: { $0 > 32 }) else { throw .compilation(message: "it is empty") }
    // XLA ends the process when a product of extents overflows, and newer plugins at arrays of 2^39 bytes and more,
    // which is 2^36 elements of the widest type. So refuse what no memory holds.
    var scanner = SignatureScanner(stableHLO)
    if let type = scanner.tensorType(largerThan: (1 << 36) - 1) {
      throw .unsupportedProgram("\(type) is too large for any memory")
    }
    var compile = PJRT_Client_Compile_Args()
    compile.struct_size = MemoryLayout.size(ofValue: compile)
    compile.client = handle
    // The interface wants a pointer that it could write through, though it never does.
    var text = stableHLO
    let error = text.withUTF8 { code in
      "mlir".utf8CString.withUnsafeBufferPointer { format in
        options.serialized(with: settings).withUnsafeBytes { bytes -> OpaquePointer? in
          var program = PJRT_Program()
          program.struct_size = MemoryLayout.size(ofValue: program)
          program.code = UnsafeMutableRawPointer(mutating: code.baseAddress)?.assumingMemoryBound(to: CChar.self)
          program.code_size = code.count
          program.format = format.baseAddress
          program.format_size = format.count - 1
          compile.compile_options = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
          compile.compile_options_size = bytes.count
          return withUnsafePointer(to: program) { program in
            compile.program = program
            return api.pointee.PJRT_Client_Compile(&compile)
          }
        }
      }
    }
    if let error { throw .compilation(message: api.take(error).message) }
    guard let handle = compile.executable else { throw .compilation(message: "the plugin made no program") }
    let signature: ProgramSignature
    do throws(EngineError) {
      signature = try ProgramSignature(parsing: stableHLO)
    } catch {
      Executable.destroy(handle, api)
      throw error
    }
    return try Executable(owning: handle, signature: signature, options: options, client: self)
  }
}

extension Client {
  /// XLA's settings that the plugin takes. Tried once, when it has refused a program.
  /// - Throws: ``EngineError/unsoundPlugin(path:reason:)`` if the plugin doesn't know a setting and computes wrongly
  ///   without it.
  package func acceptedSettings() throws(EngineError) -> [XLASetting] {
    let result = settingsKnown.withLock { known -> Result<[XLASetting], EngineError> in
      if let known { return .success(known) }
      let result = Result { () throws(EngineError) in try self.trySettings() }
      if case .success(let accepted) = result { known = accepted }
      return result
    }
    return try result.get()
  }

  private func trySettings() throws(EngineError) -> [XLASetting] {
    let accepted = settings.filter { setting in
      (try? compile("func.func @main() { return }", options: CompileOptions(), with: [setting])) != nil
    }
    for setting in settings where !accepted.contains(setting) {
      guard let guarantee = setting.guarantee, try !guarantee.holds(on: self, with: accepted) else { continue }
      throw .unsoundPlugin(
        path: plugin.path, reason: "it doesn't know XLA's option '\(setting.name)', and \(guarantee.breach)")
    }
    return accepted
  }

  /// What programs rely on and the plugin breaks, in words; nothing if it is sound.
  /// - Throws: ``EngineError`` if it can't be tried.
  public func breaches() throws(EngineError) -> [String] {
    let settings = try acceptedSettings()
    var breaches: [String] = []
    for guarantee in PluginGuarantee.allCases where try !guarantee.holds(on: self, with: settings) {
      breaches.append(guarantee.breach)
    }
    return breaches
  }

  /// The accepted settings as far as they are known, else all of them.
  private var settingsInUse: [XLASetting] { settingsKnown.withLock { $0 } ?? settings }
}
