"""What configuration texts say of the management plane, in words of no platform.

`state` holds what lines build up, `lists` what access lists let in, `plane` makes a
`ManagementPlane` of it. Each family of platforms brings its own commands: `huawei…`, `comware…`.
"""
