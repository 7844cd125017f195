#ifndef TANREN_PJRT_FFI_H
#define TANREN_PJRT_FFI_H

#include "pjrt.h"

// The extension through which functions of one's own become custom calls of XLA programs. Engines ship no header
// of it. These are the arguments of version 0.81, which carry no version of their own.

// The extension's number in the chain that a plugin's table of functions leads to.
#define PJRT_Extension_Type_FFI 5

typedef struct PJRT_FFI_Register_Handler_Args {
  size_t struct_size;
  const char *target_name;
  size_t target_name_size;
  void *handler;
  const char *platform_name;
  size_t platform_name_size;
  int traits;
} PJRT_FFI_Register_Handler_Args;

typedef PJRT_Error *PJRT_FFI_Register_Handler(PJRT_FFI_Register_Handler_Args *args);

typedef struct PJRT_FFI_Extension {
  PJRT_Extension_Base base;
  void *type_register;
  void *user_data_add;
  PJRT_FFI_Register_Handler *register_handler;
} PJRT_FFI_Extension;

_Static_assert(sizeof(PJRT_FFI_Extension) == 48, "the extension's layout");
_Static_assert(sizeof(PJRT_FFI_Register_Handler_Args) == 56, "the arguments' layout");

#endif
