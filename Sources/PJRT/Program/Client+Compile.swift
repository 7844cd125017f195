import CPJRT

extension Client {
  /// Compile a program for this client's devices.
  /// - Parameter stableHLO: StableHLO as MLIR text: a module, or one `func.func @main`.
  /// - Throws: ``EngineError/compilation(message:)`` with XLA's message,
  ///   ``EngineError/invalidOptions(_:)`` or ``EngineError/unsupportedProgram(_:)``.
  public func compile(
    _ stableHLO: String, options: CompileOptions = CompileOptions()
  ) throws(EngineError) -> Executable {
    try options.validate(deviceCount: devices.count)
    guard stableHLO.utf8.contains(where: { $0 > 32 }) else { throw .compilation(message: "it is empty") }
    // XLA ends the process when a product of extents overflows, so refuse what no memory holds.
    var scanner = SignatureScanner(stableHLO)
    if let type = scanner.tensorType(largerThan: 1 << 48) {
      throw .unsupportedProgram("\(type) is too large for any memory")
    }
    var compile = PJRT_Client_Compile_Args()
    compile.struct_size = MemoryLayout.size(ofValue: compile)
    compile.client = handle
    // The interface wants a pointer that it could write through, though it never does.
    var text = stableHLO
    let error = text.withUTF8 { code in
      "mlir".utf8CString.withUnsafeBufferPointer { format in
        options.serialized.withUnsafeBytes { bytes -> OpaquePointer? in
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
