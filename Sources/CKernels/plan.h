// A oneDNN operation made ready for one geometry, with the reorderings to and from the layouts that it is fastest
// with, and the cache of such plans.
//
// A plan serves one call at a time: it is taken out of the cache, used, and given back. Calls of one geometry at
// the same time make a plan each.

#ifndef TANREN_PLAN_H
#define TANREN_PLAN_H

#include "frame.h"
#include "onednn.h"

enum { TANREN_KEY_LENGTH = 64, TANREN_PLAN_STEPS = 4, TANREN_PLAN_ARRAYS = 8, TANREN_PLAN_ALIGNMENT = 64 };

// What tells plans apart: the kind of operation, element type, extents and attributes, and zeros.
typedef struct TanrenKey {
  int64_t values[TANREN_KEY_LENGTH];
  int length;
} TanrenKey;

void tanren_key_add(TanrenKey *key, int64_t value);
void tanren_key_add_all(TanrenKey *key, const int64_t *values, int64_t count);

// An array of a plan: one of the caller's, or one in the plan's working memory.
typedef struct TanrenArray {
  dnnl_memory_t memory;
  // The caller's index, or -1.
  int index;
  // Where it begins in the working memory.
  size_t offset;
} TanrenArray;

typedef struct TanrenStep {
  dnnl_primitive_t primitive;
  int count;
  // The interface's name of an argument, and which array it is.
  int names[4];
  int arrays[4];
} TanrenStep;

typedef struct TanrenPlan {
  TanrenKey key;
  struct TanrenPlan *next;
  TanrenStep steps[TANREN_PLAN_STEPS];
  int step_count;
  TanrenArray arrays[TANREN_PLAN_ARRAYS];
  int array_count;
  // Bytes of working memory.
  size_t size;
  dnnl_stream_t stream;
} TanrenPlan;

// Adds an array of this description to a plan under construction. Returns its number, or -1.
int tanren_plan_add_array(TanrenPlan *plan, const_dnnl_memory_desc_t description, int index);

// Adds the operation described, with its scratch memory, whose arrays are named in pairs. The description is
// consumed. Returns the interface's status.
int tanren_plan_add_step(TanrenPlan *plan, dnnl_primitive_desc_t description, int count, const int (*arguments)[2]);

// Adds a reordering from one array to another.
int tanren_plan_add_reorder(
  TanrenPlan *plan, const_dnnl_memory_desc_t from, int source, const_dnnl_memory_desc_t to, int target);

// Fills in a new plan and returns the interface's status.
typedef int TanrenMake(TanrenPlan *plan, const void *geometry);

// Runs the plan of that key on the caller's arrays and returns the interface's status.
int tanren_plan_run(const TanrenKey *key, TanrenMake *make, const void *geometry, void *const *arrays);

// As above, on the calling thread alone.
int tanren_plan_run_alone(TanrenKey key, TanrenMake *make, const void *geometry, void *const *arrays);

// Whether plans can be kept to the calling thread.
bool tanren_plan_can_run_alone(void);

// Whether an argument has no elements, so that the result is sums of nothing: it is cleared, which oneDNN wouldn't do.
bool tanren_plan_sums_nothing(const XLA_FFI_CallFrame *frame);

// What keeps the plans of that key from being run, or NULL.
XLA_FFI_Error *tanren_plan_check(const XLA_FFI_CallFrame *frame, const char *operation, const TanrenKey *key);

// The error of a status, NULL for success.
XLA_FFI_Error *tanren_plan_error(const XLA_FFI_CallFrame *frame, const char *operation, int status);

// Attributes that let the caller provide scratch memory. The caller destroys them.
dnnl_primitive_attr_t tanren_plan_attributes(void);

#endif
