"""What the admin's forms have in common where somebody writes: drafts in the browser, and versions of what is saved."""
