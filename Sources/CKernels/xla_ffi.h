// The part of XLA's foreign function interface that a handler meets, of versions 0.2 and 0.3.
//
// XLA calls a handler once with a metadata extension to fill in, and then once an execution with a call frame
// that holds the arrays and attributes. The names are those of the interface.

#ifndef TANREN_XLA_FFI_H
#define TANREN_XLA_FFI_H

#include <stddef.h>
#include <stdint.h>

typedef struct XLA_FFI_Error XLA_FFI_Error;
typedef struct XLA_FFI_ExecutionContext XLA_FFI_ExecutionContext;

enum { XLA_FFI_Extension_Metadata = 1 };
enum { XLA_FFI_ExecutionStage_EXECUTE = 3 };
enum { XLA_FFI_AttrType_ARRAY = 1, XLA_FFI_AttrType_SCALAR = 3 };
enum {
  XLA_FFI_DataType_PRED = 1,
  XLA_FFI_DataType_S8 = 2,
  XLA_FFI_DataType_S16 = 3,
  XLA_FFI_DataType_S32 = 4,
  XLA_FFI_DataType_S64 = 5,
  XLA_FFI_DataType_U8 = 6,
  XLA_FFI_DataType_U16 = 7,
  XLA_FFI_DataType_U32 = 8,
  XLA_FFI_DataType_U64 = 9,
  XLA_FFI_DataType_F16 = 10,
  XLA_FFI_DataType_F32 = 11,
  XLA_FFI_DataType_F64 = 12,
  XLA_FFI_DataType_BF16 = 16
};

typedef enum XLA_FFI_Error_Code {
  XLA_FFI_Error_Code_INVALID_ARGUMENT = 3,
  XLA_FFI_Error_Code_RESOURCE_EXHAUSTED = 8,
  XLA_FFI_Error_Code_FAILED_PRECONDITION = 9,
  XLA_FFI_Error_Code_UNIMPLEMENTED = 12,
  XLA_FFI_Error_Code_INTERNAL = 13
} XLA_FFI_Error_Code;

typedef struct XLA_FFI_Extension_Base {
  size_t struct_size;
  int type;
  struct XLA_FFI_Extension_Base *next;
} XLA_FFI_Extension_Base;

#define XLA_FFI_STRUCT(name, ...)            \
  typedef struct name {                      \
    size_t struct_size;                      \
    XLA_FFI_Extension_Base *extension_start; \
    __VA_ARGS__                              \
  } name;

XLA_FFI_STRUCT(XLA_FFI_Api_Version, int major_version; int minor_version;)
XLA_FFI_STRUCT(XLA_FFI_Error_Create_Args, const char *message; XLA_FFI_Error_Code errc;)
XLA_FFI_STRUCT(XLA_FFI_Buffer, int dtype; void *data; int64_t rank; int64_t *dims;)
XLA_FFI_STRUCT(XLA_FFI_Args, int64_t size; int *types; void **args;)
XLA_FFI_STRUCT(XLA_FFI_Rets, int64_t size; int *types; void **rets;)
XLA_FFI_STRUCT(
  XLA_FFI_ThreadPool_Schedule_Args, XLA_FFI_ExecutionContext *ctx; void (*task)(void *data); void *data;)
XLA_FFI_STRUCT(XLA_FFI_ThreadPool_NumThreads_Args, XLA_FFI_ExecutionContext *ctx; int64_t *num_threads;)

typedef struct XLA_FFI_ByteSpan {
  const char *ptr;
  size_t len;
} XLA_FFI_ByteSpan;

typedef struct XLA_FFI_Scalar {
  int dtype;
  void *value;
} XLA_FFI_Scalar;

typedef struct XLA_FFI_Array {
  int dtype;
  size_t size;
  void *data;
} XLA_FFI_Array;

XLA_FFI_STRUCT(XLA_FFI_Attrs, int64_t size; int *types; XLA_FFI_ByteSpan **names; void **attrs;)

typedef struct XLA_FFI_Metadata {
  size_t struct_size;
  XLA_FFI_Api_Version api_version;
  uint32_t traits;
} XLA_FFI_Metadata;

typedef struct XLA_FFI_Metadata_Extension {
  XLA_FFI_Extension_Base extension_base;
  XLA_FFI_Metadata *metadata;
} XLA_FFI_Metadata_Extension;

XLA_FFI_STRUCT(
  XLA_FFI_Api, XLA_FFI_Api_Version api_version; const void *internal_api;
  XLA_FFI_Error *(*XLA_FFI_Error_Create)(XLA_FFI_Error_Create_Args *); void *not_called[10];
  XLA_FFI_Error *(*XLA_FFI_ThreadPool_Schedule)(XLA_FFI_ThreadPool_Schedule_Args *);
  XLA_FFI_Error *(*XLA_FFI_ThreadPool_NumThreads)(XLA_FFI_ThreadPool_NumThreads_Args *);)

XLA_FFI_STRUCT(
  XLA_FFI_CallFrame, const XLA_FFI_Api *api; XLA_FFI_ExecutionContext *ctx; int stage; XLA_FFI_Args args;
  XLA_FFI_Rets rets; XLA_FFI_Attrs attrs;)

_Static_assert(offsetof(XLA_FFI_CallFrame, args) == 40, "the call frame's layout");
_Static_assert(offsetof(XLA_FFI_CallFrame, attrs) == 120, "the call frame's layout");
_Static_assert(offsetof(XLA_FFI_Api, XLA_FFI_Error_Create) == 48, "the function table's layout");
_Static_assert(offsetof(XLA_FFI_Api, XLA_FFI_ThreadPool_Schedule) == 136, "the function table's layout");
_Static_assert(sizeof(XLA_FFI_Buffer) == 48, "the buffer's layout");
_Static_assert(offsetof(XLA_FFI_Metadata, traits) == 32, "the metadata's layout");

#endif
