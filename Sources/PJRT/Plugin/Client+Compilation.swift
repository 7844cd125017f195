import CPJRT

extension Client {
  /// Compiles a program for this client's devices.
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
      // A plugin that doesn't know one of the settings rejects every program.
      guard case .compilation = error else { throw error }
      let known = try acceptedSettings()
      guard known != settings else { throw error }
      return try compile(stableHLO, options: options, with: known)
    }
  }

  /// As ``compile(_:options:)``, with these settings.
  func compile(
    _ stableHLO: String, options: CompileOptions, with settings: [XLASetting]
  ) throws(EngineError) -> Executable {
    try options.validate(deviceCount: devices.count, processCount: processDevices?.count ?? 1)
    guard stableHLO.utf8.contains(where: { $0 > 32 }) else { throw .compilation(message: "it is empty") }
    // XLA ends the process when a product of extents overflows, and newer plugins at arrays of 2^39 bytes and more,
    // which is 2^36 elements of the widest type. So arrays that no memory holds are rejected.
    var scanner = SignatureScanner(stableHLO)
    if let type = scanner.tensorType(largerThan: (1 << 36) - 1) {
      throw .unsupportedProgram("\(type) is too large for any memory")
    }
    let handle = try compiled(stableHLO, options: options.serialized(with: settings, on: try assignment(for: options)))
    let signature: ProgramSignature
    do throws(EngineError) {
      signature = try ProgramSignature(parsing: stableHLO)
    } catch {
      Executable.destroy(handle, api)
      throw error
    }
    return try Executable(owning: handle, signature: signature, options: options, client: self)
  }

  /// Has the plugin compile a program.
  /// - Parameter options: a `CompileOptionsProto`.
  /// - Throws: ``EngineError/compilation(message:)``.
  func compiled(_ stableHLO: String, options: [UInt8]) throws(EngineError) -> OpaquePointer {
    var compile = PJRT_Client_Compile_Args.sized { $0.client = handle }
    // The interface requires a pointer to mutable memory, though it never writes.
    var text = stableHLO
    let error = text.withUTF8 { code in
      "mlir".utf8CString.withUnsafeBufferPointer { format in
        options.withUnsafeBytes { bytes -> OpaquePointer? in
          var program = PJRT_Program.sized()
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
    return handle
  }
}
