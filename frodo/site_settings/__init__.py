"""What the owner changes in the admin: the site's name, language, menu, colours, comment policy (docs/settings.md).

`site.SITE_NAME` is the value that holds: of the environment variable where there is one, else the saved one, else the
default. Each process keeps the values in memory, so reading one asks no query. The pages' own query of the menu, and
the page cache's look at the database, bring the version along; where it is new, the values are loaded again.
"""

from frodo.site_settings.values import check_version, is_from_environment, load, site
