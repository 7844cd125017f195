#include "onednn.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels.h"
#include "xla_ffi.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static TanrenDNNL library;
static const TanrenDNNL *_Atomic loaded;
static void *loaded_handle;

const TanrenDNNL *tanren_dnnl(void) { return loaded; }

int tanren_dnnl_type(int dtype) {
  return dtype == XLA_FFI_DataType_F32 ? dnnl_f32 : dtype == XLA_FFI_DataType_BF16 ? dnnl_bf16 : 0;
}

static bool find_functions(void *handle, const char *path, char *message, size_t capacity) {
#define X(result, name, parameters)                                 \
  *(void **)&library.name = dlsym(handle, #name);                   \
  if (library.name == NULL) {                                       \
    snprintf(message, capacity, "%s has no function " #name, path); \
    return false;                                                   \
  }
  TANREN_DNNL_FUNCTIONS(X)
#undef X
  if (library.dnnl_version()->major != 3) {
    snprintf(message, capacity, "%s has version %d instead of 3", path, library.dnnl_version()->major);
    return false;
  }
  if (library.dnnl_engine_create(&library.engine, dnnl_cpu, 0) != dnnl_success) {
    snprintf(message, capacity, "%s finds no processor", path);
    return false;
  }
  // Primitives are kept here, with the memory they work in.
  library.dnnl_set_primitive_cache_capacity(0);
  return true;
}

static bool load(const char *path, char *message, size_t capacity) {
  // OpenMP's threads would otherwise wait for work by turning in circles, beside XLA's.
  setenv("OMP_WAIT_POLICY", "passive", 0);
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    snprintf(message, capacity, "%s", dlerror());
    return false;
  }
  if (loaded != NULL) {
    bool is_same = handle == loaded_handle;
    if (!is_same) snprintf(message, capacity, "%s isn't the library that is in use already", path);
    dlclose(handle);
    return is_same;
  }
  if (!find_functions(handle, path, message, capacity)) {
    dlclose(handle);
    return false;
  }
  loaded_handle = handle;
  loaded = &library;
  return true;
}

bool tanren_load_onednn(const char *path, TanrenOneDNN *found, char *message, size_t capacity) {
  pthread_mutex_lock(&lock);
  bool is_loaded = load(path, message, capacity);
  if (is_loaded) {
    int instructions = library.dnnl_get_effective_cpu_isa();
    found->major = library.dnnl_version()->major;
    found->minor = library.dnnl_version()->minor;
    found->has_bfloat16 = (instructions & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
    found->has_fast_bfloat16 = (instructions & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
  }
  pthread_mutex_unlock(&lock);
  return is_loaded;
}
