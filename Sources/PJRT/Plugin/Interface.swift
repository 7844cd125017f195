import CPJRT

/// The arguments of a function of the PJRT C API, or a structure among them. Each one begins with its own size, which
/// tells the plugin how much of it the caller knows.
protocol SizedStructure {
  init()
  var struct_size: Int { get set }
}

extension SizedStructure {
  /// A structure with its size in place and zeros elsewhere, but for what `set` writes.
  static func sized(_ set: (inout Self) -> Void = { _ in }) -> Self {
    var structure = Self()
    structure.struct_size = MemoryLayout<Self>.size
    set(&structure)
    return structure
  }
}

extension PJRT_Error_Message_Args: SizedStructure {}
extension PJRT_Error_GetCode_Args: SizedStructure {}
extension PJRT_Error_Destroy_Args: SizedStructure {}
extension PJRT_Plugin_Initialize_Args: SizedStructure {}
extension PJRT_Plugin_Attributes_Args: SizedStructure {}
extension PJRT_Event_Await_Args: SizedStructure {}
extension PJRT_Event_Destroy_Args: SizedStructure {}
extension PJRT_NamedValue: SizedStructure {}
extension PJRT_Client_Create_Args: SizedStructure {}
extension PJRT_Client_Destroy_Args: SizedStructure {}
extension PJRT_Client_PlatformName_Args: SizedStructure {}
extension PJRT_Client_PlatformVersion_Args: SizedStructure {}
extension PJRT_Client_Devices_Args: SizedStructure {}
extension PJRT_Client_AddressableDevices_Args: SizedStructure {}
extension PJRT_Client_BufferFromHostBuffer_Args: SizedStructure {}
extension PJRT_Client_Compile_Args: SizedStructure {}
extension PJRT_Program: SizedStructure {}
extension PJRT_Device_GetDescription_Args: SizedStructure {}
extension PJRT_DeviceDescription_Id_Args: SizedStructure {}
extension PJRT_DeviceDescription_ProcessIndex_Args: SizedStructure {}
extension PJRT_DeviceDescription_Kind_Args: SizedStructure {}
extension PJRT_Buffer_Destroy_Args: SizedStructure {}
extension PJRT_Buffer_IsDeleted_Args: SizedStructure {}
extension PJRT_Buffer_ReadyEvent_Args: SizedStructure {}
extension PJRT_Buffer_ToHostBuffer_Args: SizedStructure {}
extension PJRT_Buffer_MemoryLayout: SizedStructure {}
extension PJRT_Buffer_MemoryLayout_Tiled: SizedStructure {}
extension PJRT_Buffer_GetMemoryLayout_Args: SizedStructure {}
extension PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args: SizedStructure {}
extension PJRT_Buffer_IncreaseExternalReferenceCount_Args: SizedStructure {}
extension PJRT_Buffer_DecreaseExternalReferenceCount_Args: SizedStructure {}
extension PJRT_Executable_Destroy_Args: SizedStructure {}
extension PJRT_Executable_OutputElementTypes_Args: SizedStructure {}
extension PJRT_Executable_OutputDimensions_Args: SizedStructure {}
extension PJRT_Executable_GetCompiledMemoryStats_Args: SizedStructure {}
extension PJRT_Executable_Serialize_Args: SizedStructure {}
extension PJRT_Executable_DeserializeAndLoad_Args: SizedStructure {}
extension PJRT_LoadedExecutable_Destroy_Args: SizedStructure {}
extension PJRT_LoadedExecutable_GetExecutable_Args: SizedStructure {}
extension PJRT_LoadedExecutable_Execute_Args: SizedStructure {}
extension PJRT_ExecuteOptions: SizedStructure {}

extension PJRT_Api {
  /// Whether the plugin has each function that this module requires.
  var hasAllFunctions: Bool {
    PJRT_Error_Destroy != nil && PJRT_Error_Message != nil && PJRT_Error_GetCode != nil
      && PJRT_Plugin_Initialize != nil && PJRT_Plugin_Attributes != nil && PJRT_Event_Destroy != nil
      && PJRT_Event_Await != nil && PJRT_Client_Create != nil
      && PJRT_Client_Destroy != nil && PJRT_Client_PlatformName != nil
      && PJRT_Client_PlatformVersion != nil && PJRT_Client_AddressableDevices != nil
      && PJRT_Client_Compile != nil && PJRT_Client_BufferFromHostBuffer != nil
      && PJRT_DeviceDescription_Id != nil && PJRT_DeviceDescription_Kind != nil
      && PJRT_Device_GetDescription != nil && PJRT_Executable_Destroy != nil
      && PJRT_Executable_NumOutputs != nil && PJRT_Executable_Serialize != nil
      && PJRT_LoadedExecutable_Destroy != nil && PJRT_LoadedExecutable_GetExecutable != nil
      && PJRT_LoadedExecutable_Execute != nil && PJRT_Executable_DeserializeAndLoad != nil
      && PJRT_Buffer_Destroy != nil && PJRT_Buffer_IsDeleted != nil && PJRT_Buffer_ToHostBuffer != nil
      && PJRT_Buffer_ReadyEvent != nil && PJRT_Executable_OutputElementTypes != nil
      && PJRT_Executable_OutputDimensions != nil
  }
}

extension UnsafePointer<PJRT_Api> {
  /// Calls a function that reports errors.
  /// - Parameters:
  ///   - operation: what is being done, for the error.
  ///   - set: writes the arguments.
  /// - Returns: the arguments, with the function's answers in them.
  func call<Arguments: SizedStructure>(
    _ operation: @autoclosure () -> String, _ function: (UnsafeMutablePointer<Arguments>?) -> OpaquePointer?,
    _ set: (inout Arguments) -> Void = { _ in }
  ) throws(EngineError) -> Arguments {
    var arguments = Arguments.sized(set)
    try check(operation(), function(&arguments))
    return arguments
  }

  /// Calls a function that frees something: nobody could act on its error.
  func release<Arguments: SizedStructure>(
    _ function: (UnsafeMutablePointer<Arguments>?) -> OpaquePointer?, _ set: (inout Arguments) -> Void
  ) {
    var arguments = Arguments.sized(set)
    if let error = function(&arguments) { _ = take(error) }
  }

  /// Turns a function's error into a thrown one and frees it.
  func check(_ operation: @autoclosure () -> String, _ error: OpaquePointer?) throws(EngineError) {
    guard let error else { return }
    let (code, message) = take(error)
    throw .failed(operation: operation(), code: code, message: message)
  }

  /// Reads an error and frees it.
  func take(_ error: OpaquePointer) -> (code: EngineError.Code, message: String) {
    var text = PJRT_Error_Message_Args.sized { $0.error = error }
    pointee.PJRT_Error_Message(&text)
    let message = String(bytes: text.message, count: text.message_size)

    var code = PJRT_Error_GetCode_Args.sized { $0.error = error }
    let failure = pointee.PJRT_Error_GetCode(&code)

    for spent in [error, failure].compactMap({ $0 }) {
      var destroy = PJRT_Error_Destroy_Args.sized { $0.error = spent }
      pointee.PJRT_Error_Destroy(&destroy)
    }
    return (failure == nil ? EngineError.Code(rawValue: code.code.rawValue) ?? .unknown : .unknown, message)
  }

  /// Waits for an event and frees it.
  func await(_ event: OpaquePointer?, _ operation: @autoclosure () -> String) throws(EngineError) {
    guard let event else { return }
    defer { destroy(event: event) }
    _ = try call(operation(), pointee.PJRT_Event_Await) { $0.event = event }
  }

  func destroy(event: OpaquePointer?) {
    guard let event else { return }
    release(pointee.PJRT_Event_Destroy) { $0.event = event }
  }
}
