import CPJRT

extension PJRT_Api {
  /// Whether each function that is called anywhere in this module is there.
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
  /// Turn a function's result into a thrown error, and free it.
  func check(_ operation: @autoclosure () -> String, _ error: OpaquePointer?) throws(EngineError) {
    guard let error else { return }
    let (code, message) = take(error)
    throw .failed(operation: operation(), code: code, message: message)
  }

  /// Read an error and free it.
  func take(_ error: OpaquePointer) -> (code: EngineError.Code, message: String) {
    var text = PJRT_Error_Message_Args()
    text.struct_size = MemoryLayout.size(ofValue: text)
    text.error = error
    pointee.PJRT_Error_Message(&text)
    let message = String(bytes: text.message, count: text.message_size)

    var code = PJRT_Error_GetCode_Args()
    code.struct_size = MemoryLayout.size(ofValue: code)
    code.error = error
    let failure = pointee.PJRT_Error_GetCode(&code)

    for spent in [error, failure].compactMap({ $0 }) {
      var destroy = PJRT_Error_Destroy_Args()
      destroy.struct_size = MemoryLayout.size(ofValue: destroy)
      destroy.error = spent
      pointee.PJRT_Error_Destroy(&destroy)
    }
    return (failure == nil ? EngineError.Code(rawValue: code.code.rawValue) ?? .unknown : .unknown, message)
  }

  /// Wait for an event and free it.
  func await(_ event: OpaquePointer?, _ operation: @autoclosure () -> String) throws(EngineError) {
    guard let event else { return }
    defer { destroy(event: event) }
    var wait = PJRT_Event_Await_Args()
    wait.struct_size = MemoryLayout.size(ofValue: wait)
    wait.event = event
    try check(operation(), pointee.PJRT_Event_Await(&wait))
  }

  func destroy(event: OpaquePointer?) {
    guard let event else { return }
    var destroy = PJRT_Event_Destroy_Args()
    destroy.struct_size = MemoryLayout.size(ofValue: destroy)
    destroy.event = event
    discard(pointee.PJRT_Event_Destroy(&destroy))
  }

  /// Free the error, if any, of a function that only frees something: there is nobody to tell.
  func discard(_ error: OpaquePointer?) {
    if let error { _ = take(error) }
  }
}
