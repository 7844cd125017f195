// The part of the PJRT C ABI that Tanren calls, version 0.81.
//
// PJRT is the interface through which OpenXLA's compilers and devices are reached: a shared library
// exports `GetPjrtApi`, which returns a table of functions. Each function takes one structure of
// arguments, whose first field is the size the caller knows of; results are written back into it.
// The names are those of the interface, so that `scripts/check-abi` can compare every size and
// offset below with the header that an engine ships.

#ifndef TANREN_PJRT_H
#define TANREN_PJRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PJRT_API_MAJOR 0
#define PJRT_API_MINOR 81

typedef struct PJRT_Error PJRT_Error;
typedef struct PJRT_Event PJRT_Event;
typedef struct PJRT_Client PJRT_Client;
typedef struct PJRT_Device PJRT_Device;
typedef struct PJRT_DeviceDescription PJRT_DeviceDescription;
typedef struct PJRT_Memory PJRT_Memory;
typedef struct PJRT_Executable PJRT_Executable;
typedef struct PJRT_LoadedExecutable PJRT_LoadedExecutable;
typedef struct PJRT_SerializedExecutable PJRT_SerializedExecutable;
typedef struct PJRT_ExecuteContext PJRT_ExecuteContext;
typedef struct PJRT_Buffer PJRT_Buffer;
typedef struct PJRT_SendCallbackInfo PJRT_SendCallbackInfo;
typedef struct PJRT_RecvCallbackInfo PJRT_RecvCallbackInfo;

typedef enum PJRT_Error_Code {
  PJRT_Error_Code_OK = 0,
  PJRT_Error_Code_CANCELLED = 1,
  PJRT_Error_Code_UNKNOWN = 2,
  PJRT_Error_Code_INVALID_ARGUMENT = 3,
  PJRT_Error_Code_DEADLINE_EXCEEDED = 4,
  PJRT_Error_Code_NOT_FOUND = 5,
  PJRT_Error_Code_ALREADY_EXISTS = 6,
  PJRT_Error_Code_PERMISSION_DENIED = 7,
  PJRT_Error_Code_RESOURCE_EXHAUSTED = 8,
  PJRT_Error_Code_FAILED_PRECONDITION = 9,
  PJRT_Error_Code_ABORTED = 10,
  PJRT_Error_Code_OUT_OF_RANGE = 11,
  PJRT_Error_Code_UNIMPLEMENTED = 12,
  PJRT_Error_Code_INTERNAL = 13,
  PJRT_Error_Code_UNAVAILABLE = 14,
  PJRT_Error_Code_DATA_LOSS = 15,
  PJRT_Error_Code_UNAUTHENTICATED = 16
} PJRT_Error_Code;

typedef enum PJRT_NamedValue_Type {
  PJRT_NamedValue_kString = 0,
  PJRT_NamedValue_kInt64 = 1,
  PJRT_NamedValue_kInt64List = 2,
  PJRT_NamedValue_kFloat = 3,
  PJRT_NamedValue_kBool = 4
} PJRT_NamedValue_Type;

// Element types, as far as a Tanren array can hold them; the numbering has no gaps up to here.
typedef enum PJRT_Buffer_Type {
  PJRT_Buffer_Type_INVALID = 0,
  PJRT_Buffer_Type_PRED = 1,
  PJRT_Buffer_Type_S8 = 2,
  PJRT_Buffer_Type_S16 = 3,
  PJRT_Buffer_Type_S32 = 4,
  PJRT_Buffer_Type_S64 = 5,
  PJRT_Buffer_Type_U8 = 6,
  PJRT_Buffer_Type_U16 = 7,
  PJRT_Buffer_Type_U32 = 8,
  PJRT_Buffer_Type_U64 = 9,
  PJRT_Buffer_Type_F16 = 10,
  PJRT_Buffer_Type_F32 = 11,
  PJRT_Buffer_Type_F64 = 12,
  PJRT_Buffer_Type_BF16 = 13
} PJRT_Buffer_Type;

typedef enum PJRT_HostBufferSemantics {
  PJRT_HostBufferSemantics_kImmutableOnlyDuringCall = 0,
  PJRT_HostBufferSemantics_kImmutableUntilTransferCompletes = 1,
  PJRT_HostBufferSemantics_kImmutableZeroCopy = 2,
  PJRT_HostBufferSemantics_kMutableZeroCopy = 3
} PJRT_HostBufferSemantics;

typedef enum PJRT_Buffer_MemoryLayout_Type {
  PJRT_Buffer_MemoryLayout_Type_Tiled = 0,
  PJRT_Buffer_MemoryLayout_Type_Strides = 1
} PJRT_Buffer_MemoryLayout_Type;

typedef struct PJRT_Extension_Base {
  size_t struct_size;
  int type;
  struct PJRT_Extension_Base *next;
} PJRT_Extension_Base;

// Every structure below opens with its size as the caller knows it and a chain of extensions.
#define PJRT_STRUCT(name, ...)            \
  typedef struct name {                   \
    size_t struct_size;                   \
    PJRT_Extension_Base *extension_start; \
    __VA_ARGS__                           \
  } name;

// Arguments grow at their end from version to version, and a plugin refuses what is smaller than it
// knows but not what is larger. Zeros at the end, which are always the default, serve newer plugins.
#define PJRT_ARGS(name, ...) PJRT_STRUCT(name, __VA_ARGS__ void *reserved[8];)

PJRT_STRUCT(PJRT_Api_Version, int major_version; int minor_version;)

PJRT_STRUCT(PJRT_NamedValue, const char *name; size_t name_size; PJRT_NamedValue_Type type; union {
  const char *string_value;
  int64_t int64_value;
  const int64_t *int64_array_value;
  float float_value;
  bool bool_value;
}; size_t value_size;)

// Errors and events

PJRT_ARGS(PJRT_Error_Destroy_Args, PJRT_Error *error;)
PJRT_ARGS(PJRT_Error_Message_Args, const PJRT_Error *error; const char *message; size_t message_size;)
PJRT_ARGS(PJRT_Error_GetCode_Args, const PJRT_Error *error; PJRT_Error_Code code;)
PJRT_ARGS(PJRT_Event_Destroy_Args, PJRT_Event *event;)
PJRT_ARGS(PJRT_Event_Await_Args, PJRT_Event *event;)

// Plugin

typedef struct PJRT_Plugin_Initialize_Args {
  size_t struct_size;
  PJRT_Extension_Base *extension_start;
  void *reserved[8];
} PJRT_Plugin_Initialize_Args;

PJRT_ARGS(PJRT_Plugin_Attributes_Args, const PJRT_NamedValue *attributes; size_t num_attributes;)

// Client and devices

// A client that spans processes finds the others by a key-value store of its creator, which it calls from any thread.
// These arguments are the plugin's: how much of them there is, their size says. An error is made by `callback_error`,
// which copies the message; a value is freed by the function that comes with it.

typedef PJRT_Error *(*PJRT_CallbackError)(PJRT_Error_Code code, const char *message, size_t message_size);

PJRT_STRUCT(
  PJRT_KeyValueGetCallback_Args, const char *key; size_t key_size; int timeout_in_ms;
  PJRT_CallbackError *callback_error; void *user_arg; char *value; size_t value_size;
  void (*value_deleter_callback)(char *);)
PJRT_STRUCT(
  PJRT_KeyValueTryGetCallback_Args, const char *key; size_t key_size; PJRT_CallbackError *callback_error;
  void *user_arg; char *value; size_t value_size; void (*value_deleter_callback)(char *);)
PJRT_STRUCT(
  PJRT_KeyValuePutCallback_Args, const char *key; size_t key_size; const char *value; size_t value_size;
  PJRT_CallbackError *callback_error; void *user_arg;)

typedef PJRT_Error *(*PJRT_KeyValueGetCallback)(PJRT_KeyValueGetCallback_Args *);
typedef PJRT_Error *(*PJRT_KeyValueTryGetCallback)(PJRT_KeyValueTryGetCallback_Args *);
typedef PJRT_Error *(*PJRT_KeyValuePutCallback)(PJRT_KeyValuePutCallback_Args *);

PJRT_ARGS(
  PJRT_Client_Create_Args, const PJRT_NamedValue *create_options; size_t num_options;
  PJRT_KeyValueGetCallback kv_get_callback; void *kv_get_user_arg;
  PJRT_KeyValuePutCallback kv_put_callback; void *kv_put_user_arg; PJRT_Client *client;
  PJRT_KeyValueTryGetCallback kv_try_get_callback; void *kv_try_get_user_arg;)
PJRT_ARGS(PJRT_Client_Destroy_Args, PJRT_Client *client;)
PJRT_ARGS(PJRT_Client_PlatformName_Args, PJRT_Client *client; const char *platform_name; size_t platform_name_size;)
PJRT_ARGS(
  PJRT_Client_PlatformVersion_Args, PJRT_Client *client; const char *platform_version; size_t platform_version_size;)
PJRT_ARGS(PJRT_Client_Devices_Args, PJRT_Client *client; PJRT_Device *const *devices; size_t num_devices;)
PJRT_ARGS(
  PJRT_Client_AddressableDevices_Args, PJRT_Client *client;
  PJRT_Device *const *addressable_devices; size_t num_addressable_devices;)
PJRT_ARGS(PJRT_Device_GetDescription_Args, PJRT_Device *device; PJRT_DeviceDescription *device_description;)
PJRT_ARGS(PJRT_DeviceDescription_Id_Args, PJRT_DeviceDescription *device_description; int id;)
PJRT_ARGS(
  PJRT_DeviceDescription_ProcessIndex_Args, PJRT_DeviceDescription *device_description; int process_index;)
PJRT_ARGS(
  PJRT_DeviceDescription_Kind_Args, PJRT_DeviceDescription *device_description;
  const char *device_kind; size_t device_kind_size;)

// Programs

PJRT_ARGS(PJRT_Program, char *code; size_t code_size; const char *format; size_t format_size;)
PJRT_ARGS(
  PJRT_Client_Compile_Args, PJRT_Client *client; const PJRT_Program *program;
  const char *compile_options; size_t compile_options_size; PJRT_LoadedExecutable *executable;)
PJRT_ARGS(PJRT_Executable_Destroy_Args, PJRT_Executable *executable;)
PJRT_ARGS(PJRT_LoadedExecutable_Destroy_Args, PJRT_LoadedExecutable *executable;)
PJRT_ARGS(
  PJRT_LoadedExecutable_GetExecutable_Args, PJRT_LoadedExecutable *loaded_executable; PJRT_Executable *executable;)
PJRT_ARGS(PJRT_Executable_NumOutputs_Args, PJRT_Executable *executable; size_t num_outputs;)
PJRT_ARGS(
  PJRT_Executable_OutputElementTypes_Args, PJRT_Executable *executable;
  PJRT_Buffer_Type *output_types; size_t num_output_types;)
PJRT_ARGS(
  PJRT_Executable_OutputDimensions_Args, PJRT_Executable *executable; size_t num_outputs;
  const int64_t *dims; const size_t *dim_sizes;)
PJRT_ARGS(
  PJRT_Executable_GetCompiledMemoryStats_Args, PJRT_Executable *executable; int64_t generated_code_size_in_bytes;
  int64_t argument_size_in_bytes; int64_t output_size_in_bytes; int64_t alias_size_in_bytes; int64_t temp_size_in_bytes;
  int64_t host_generated_code_size_in_bytes; int64_t host_argument_size_in_bytes; int64_t host_output_size_in_bytes;
  int64_t host_alias_size_in_bytes; int64_t host_temp_size_in_bytes; int64_t peak_memory_in_bytes;)
PJRT_ARGS(
  PJRT_Executable_Serialize_Args, const PJRT_Executable *executable; const char *serialized_bytes;
  size_t serialized_bytes_size; PJRT_SerializedExecutable *serialized_executable;
  void (*serialized_executable_deleter)(PJRT_SerializedExecutable *);)
PJRT_ARGS(
  PJRT_Executable_DeserializeAndLoad_Args, PJRT_Client *client; const char *serialized_executable;
  size_t serialized_executable_size; PJRT_LoadedExecutable *loaded_executable;
  const char *overridden_serialized_compile_options; size_t overridden_serialized_compile_options_size;)
PJRT_ARGS(
  PJRT_ExecuteOptions, PJRT_SendCallbackInfo **send_callbacks; PJRT_RecvCallbackInfo **recv_callbacks;
  size_t num_send_ops; size_t num_recv_ops; int launch_id; const int64_t *non_donatable_input_indices;
  size_t num_non_donatable_input_indices; PJRT_ExecuteContext *context; const char *call_location; size_t num_tasks;
  int *task_ids; int64_t *incarnation_ids;)
PJRT_ARGS(
  PJRT_LoadedExecutable_Execute_Args, PJRT_LoadedExecutable *executable; PJRT_ExecuteOptions *options;
  PJRT_Buffer *const *const *argument_lists; size_t num_devices; size_t num_args; PJRT_Buffer **const *output_lists;
  PJRT_Event **device_complete_events; PJRT_Device *execute_device;)

// Buffers

PJRT_STRUCT(
  PJRT_Buffer_MemoryLayout_Tiled, const int64_t *minor_to_major; size_t minor_to_major_size;
  const int64_t *tile_dims; const size_t *tile_dim_sizes; size_t num_tiles;)
PJRT_STRUCT(PJRT_Buffer_MemoryLayout_Strides, const int64_t *byte_strides; size_t num_byte_strides;)
PJRT_STRUCT(
  PJRT_Buffer_MemoryLayout,
  union {
    PJRT_Buffer_MemoryLayout_Tiled tiled;
    PJRT_Buffer_MemoryLayout_Strides strides;
  };
  PJRT_Buffer_MemoryLayout_Type type;)
PJRT_ARGS(
  PJRT_Client_BufferFromHostBuffer_Args, PJRT_Client *client; const void *data; PJRT_Buffer_Type type;
  const int64_t *dims; size_t num_dims; const int64_t *byte_strides; size_t num_byte_strides;
  PJRT_HostBufferSemantics host_buffer_semantics; PJRT_Device *device; PJRT_Memory *memory;
  PJRT_Buffer_MemoryLayout *device_layout; PJRT_Event *done_with_host_buffer; PJRT_Buffer *buffer;)
PJRT_ARGS(PJRT_Buffer_Destroy_Args, PJRT_Buffer *buffer;)
PJRT_ARGS(PJRT_Buffer_IsDeleted_Args, PJRT_Buffer *buffer; bool is_deleted;)
PJRT_ARGS(PJRT_Buffer_ReadyEvent_Args, PJRT_Buffer *buffer; PJRT_Event *event;)
PJRT_ARGS(PJRT_Buffer_GetMemoryLayout_Args, PJRT_Buffer *buffer; PJRT_Buffer_MemoryLayout layout;)
PJRT_ARGS(PJRT_Buffer_IncreaseExternalReferenceCount_Args, PJRT_Buffer *buffer;)
PJRT_ARGS(PJRT_Buffer_DecreaseExternalReferenceCount_Args, PJRT_Buffer *buffer;)
PJRT_ARGS(PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args, PJRT_Buffer *buffer; void *device_memory_ptr;)
PJRT_ARGS(
  PJRT_Buffer_ToHostBuffer_Args, PJRT_Buffer *src; PJRT_Buffer_MemoryLayout *host_layout; void *dst;
  size_t dst_size; PJRT_Event *event;)

// The table that `GetPjrtApi` returns. An entry that Tanren doesn't call only holds its place.
#define PJRT_UNUSED(name) void *name;

typedef struct PJRT_Api {
  size_t struct_size;
  PJRT_Extension_Base *extension_start;
  PJRT_Api_Version pjrt_api_version;
  void (*PJRT_Error_Destroy)(PJRT_Error_Destroy_Args *);
  void (*PJRT_Error_Message)(PJRT_Error_Message_Args *);
  PJRT_Error *(*PJRT_Error_GetCode)(PJRT_Error_GetCode_Args *);
  PJRT_Error *(*PJRT_Plugin_Initialize)(PJRT_Plugin_Initialize_Args *);
  PJRT_Error *(*PJRT_Plugin_Attributes)(PJRT_Plugin_Attributes_Args *);
  PJRT_Error *(*PJRT_Event_Destroy)(PJRT_Event_Destroy_Args *);
  PJRT_UNUSED(PJRT_Event_IsReady) PJRT_UNUSED(PJRT_Event_Error)
  PJRT_Error *(*PJRT_Event_Await)(PJRT_Event_Await_Args *);
  PJRT_UNUSED(PJRT_Event_OnReady)
  PJRT_Error *(*PJRT_Client_Create)(PJRT_Client_Create_Args *);
  PJRT_Error *(*PJRT_Client_Destroy)(PJRT_Client_Destroy_Args *);
  PJRT_Error *(*PJRT_Client_PlatformName)(PJRT_Client_PlatformName_Args *);
  PJRT_UNUSED(PJRT_Client_ProcessIndex)
  PJRT_Error *(*PJRT_Client_PlatformVersion)(PJRT_Client_PlatformVersion_Args *);
  PJRT_Error *(*PJRT_Client_Devices)(PJRT_Client_Devices_Args *);
  PJRT_Error *(*PJRT_Client_AddressableDevices)(PJRT_Client_AddressableDevices_Args *);
  PJRT_UNUSED(PJRT_Client_LookupDevice) PJRT_UNUSED(PJRT_Client_LookupAddressableDevice)
  PJRT_UNUSED(PJRT_Client_AddressableMemories)
  PJRT_Error *(*PJRT_Client_Compile)(PJRT_Client_Compile_Args *);
  PJRT_UNUSED(PJRT_Client_DefaultDeviceAssignment)
  PJRT_Error *(*PJRT_Client_BufferFromHostBuffer)(PJRT_Client_BufferFromHostBuffer_Args *);
  PJRT_Error *(*PJRT_DeviceDescription_Id)(PJRT_DeviceDescription_Id_Args *);
  PJRT_Error *(*PJRT_DeviceDescription_ProcessIndex)(PJRT_DeviceDescription_ProcessIndex_Args *);
  PJRT_UNUSED(PJRT_DeviceDescription_Attributes)
  PJRT_Error *(*PJRT_DeviceDescription_Kind)(PJRT_DeviceDescription_Kind_Args *);
  PJRT_UNUSED(PJRT_DeviceDescription_DebugString) PJRT_UNUSED(PJRT_DeviceDescription_ToString)
  PJRT_Error *(*PJRT_Device_GetDescription)(PJRT_Device_GetDescription_Args *);
  PJRT_UNUSED(PJRT_Device_IsAddressable) PJRT_UNUSED(PJRT_Device_LocalHardwareId)
  PJRT_UNUSED(PJRT_Device_AddressableMemories) PJRT_UNUSED(PJRT_Device_DefaultMemory)
  PJRT_UNUSED(PJRT_Device_MemoryStats) PJRT_UNUSED(PJRT_Memory_Id) PJRT_UNUSED(PJRT_Memory_Kind)
  PJRT_UNUSED(PJRT_Memory_DebugString) PJRT_UNUSED(PJRT_Memory_ToString) PJRT_UNUSED(PJRT_Memory_AddressableByDevices)
  PJRT_Error *(*PJRT_Executable_Destroy)(PJRT_Executable_Destroy_Args *);
  PJRT_UNUSED(PJRT_Executable_Name) PJRT_UNUSED(PJRT_Executable_NumReplicas) PJRT_UNUSED(PJRT_Executable_NumPartitions)
  PJRT_Error *(*PJRT_Executable_NumOutputs)(PJRT_Executable_NumOutputs_Args *);
  PJRT_UNUSED(PJRT_Executable_SizeOfGeneratedCodeInBytes) PJRT_UNUSED(PJRT_Executable_GetCostAnalysis)
  PJRT_UNUSED(PJRT_Executable_OutputMemoryKinds) PJRT_UNUSED(PJRT_Executable_OptimizedProgram)
  PJRT_Error *(*PJRT_Executable_Serialize)(PJRT_Executable_Serialize_Args *);
  PJRT_Error *(*PJRT_LoadedExecutable_Destroy)(PJRT_LoadedExecutable_Destroy_Args *);
  PJRT_Error *(*PJRT_LoadedExecutable_GetExecutable)(PJRT_LoadedExecutable_GetExecutable_Args *);
  PJRT_UNUSED(PJRT_LoadedExecutable_AddressableDevices) PJRT_UNUSED(PJRT_LoadedExecutable_Delete)
  PJRT_UNUSED(PJRT_LoadedExecutable_IsDeleted)
  PJRT_Error *(*PJRT_LoadedExecutable_Execute)(PJRT_LoadedExecutable_Execute_Args *);
  PJRT_Error *(*PJRT_Executable_DeserializeAndLoad)(PJRT_Executable_DeserializeAndLoad_Args *);
  PJRT_UNUSED(PJRT_LoadedExecutable_Fingerprint)
  PJRT_Error *(*PJRT_Buffer_Destroy)(PJRT_Buffer_Destroy_Args *);
  PJRT_UNUSED(PJRT_Buffer_ElementType) PJRT_UNUSED(PJRT_Buffer_Dimensions) PJRT_UNUSED(PJRT_Buffer_UnpaddedDimensions)
  PJRT_UNUSED(PJRT_Buffer_DynamicDimensionIndices)
  PJRT_Error *(*PJRT_Buffer_GetMemoryLayout)(PJRT_Buffer_GetMemoryLayout_Args *);
  PJRT_UNUSED(PJRT_Buffer_OnDeviceSizeInBytes) PJRT_UNUSED(PJRT_Buffer_Device) PJRT_UNUSED(PJRT_Buffer_Memory)
  PJRT_UNUSED(PJRT_Buffer_Delete)
  PJRT_Error *(*PJRT_Buffer_IsDeleted)(PJRT_Buffer_IsDeleted_Args *);
  PJRT_UNUSED(PJRT_Buffer_CopyToDevice)
  PJRT_Error *(*PJRT_Buffer_ToHostBuffer)(PJRT_Buffer_ToHostBuffer_Args *);
  PJRT_UNUSED(PJRT_Buffer_IsOnCpu)
  PJRT_Error *(*PJRT_Buffer_ReadyEvent)(PJRT_Buffer_ReadyEvent_Args *);
  PJRT_UNUSED(PJRT_Buffer_UnsafePointer)
  PJRT_Error *(*PJRT_Buffer_IncreaseExternalReferenceCount)(PJRT_Buffer_IncreaseExternalReferenceCount_Args *);
  PJRT_Error *(*PJRT_Buffer_DecreaseExternalReferenceCount)(PJRT_Buffer_DecreaseExternalReferenceCount_Args *);
  PJRT_Error *(*PJRT_Buffer_OpaqueDeviceMemoryDataPointer)(PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args *);
  PJRT_UNUSED(PJRT_CopyToDeviceStream_Destroy) PJRT_UNUSED(PJRT_CopyToDeviceStream_AddChunk)
  PJRT_UNUSED(PJRT_CopyToDeviceStream_TotalBytes) PJRT_UNUSED(PJRT_CopyToDeviceStream_GranuleSize)
  PJRT_UNUSED(PJRT_CopyToDeviceStream_CurrentBytes) PJRT_UNUSED(PJRT_TopologyDescription_Create)
  PJRT_UNUSED(PJRT_TopologyDescription_Destroy) PJRT_UNUSED(PJRT_TopologyDescription_PlatformName)
  PJRT_UNUSED(PJRT_TopologyDescription_PlatformVersion) PJRT_UNUSED(PJRT_TopologyDescription_GetDeviceDescriptions)
  PJRT_UNUSED(PJRT_TopologyDescription_Serialize) PJRT_UNUSED(PJRT_TopologyDescription_Attributes)
  PJRT_UNUSED(PJRT_Compile)
  PJRT_Error *(*PJRT_Executable_OutputElementTypes)(PJRT_Executable_OutputElementTypes_Args *);
  PJRT_Error *(*PJRT_Executable_OutputDimensions)(PJRT_Executable_OutputDimensions_Args *);
  PJRT_UNUSED(PJRT_Buffer_CopyToMemory) PJRT_UNUSED(PJRT_Client_CreateViewOfDeviceBuffer)
  PJRT_UNUSED(PJRT_Executable_Fingerprint) PJRT_UNUSED(PJRT_Client_TopologyDescription)
  PJRT_Error *(*PJRT_Executable_GetCompiledMemoryStats)(PJRT_Executable_GetCompiledMemoryStats_Args *);
  PJRT_UNUSED(PJRT_Memory_Kind_Id)
  PJRT_UNUSED(PJRT_ExecuteContext_Create) PJRT_UNUSED(PJRT_ExecuteContext_Destroy)
  PJRT_UNUSED(PJRT_Buffer_CopyRawToHost) PJRT_UNUSED(PJRT_AsyncHostToDeviceTransferManager_Destroy)
  PJRT_UNUSED(PJRT_AsyncHostToDeviceTransferManager_TransferData)
  PJRT_UNUSED(PJRT_Client_CreateBuffersForAsyncHostToDevice)
  PJRT_UNUSED(PJRT_AsyncHostToDeviceTransferManager_RetrieveBuffer)
  PJRT_UNUSED(PJRT_AsyncHostToDeviceTransferManager_Device)
  PJRT_UNUSED(PJRT_AsyncHostToDeviceTransferManager_BufferCount)
  PJRT_UNUSED(PJRT_AsyncHostToDeviceTransferManager_BufferSize)
  PJRT_UNUSED(PJRT_AsyncHostToDeviceTransferManager_SetBufferError)
  PJRT_UNUSED(PJRT_AsyncHostToDeviceTransferManager_AddMetadata) PJRT_UNUSED(PJRT_Client_DmaMap)
  PJRT_UNUSED(PJRT_Client_DmaUnmap) PJRT_UNUSED(PJRT_Client_CreateUninitializedBuffer)
  PJRT_UNUSED(PJRT_Client_UpdateGlobalProcessInfo) PJRT_UNUSED(PJRT_TopologyDescription_Deserialize)
  PJRT_UNUSED(PJRT_Client_CreateAliasBuffer) PJRT_UNUSED(PJRT_Client_FulfillAliasBuffer)
  PJRT_UNUSED(PJRT_LoadedExecutable_GetDeviceAssignment)
} PJRT_Api;

typedef const PJRT_Api *(*PJRT_GetApi)(void);

#endif
